import { expect } from 'vitest';
import { explainPacket } from '../../src/explain/explain-packet.ts';
import type { Answer, Packet } from '../../src/explain/types.ts';
import { ADDRESSES } from './addresses.ts';
import { endpointSlice, service, servicePortSpec, sliceEndpoint } from './builders.ts';
import { sceneFrom, type SceneOptions } from './scenes.ts';

const { podA, podB, remoteA, clusterIP, loadBalancerIP, externalIP } = ADDRESSES.ipv4;
/** The address of a client far away. */
export const OUTSIDE = '198.51.100.7';

export const web = (more: Parameters<typeof service>[0] = {}) => service({ type: 'LoadBalancer', ...more });
export const slice = (...endpoints: ReturnType<typeof sliceEndpoint>[]) => endpointSlice({ endpoints });
export const here = sliceEndpoint({ address: podA });
export const there = sliceEndpoint({ address: remoteA, nodeName: 'node-b' });
/** A NodePort, a load balancer's IP and an external IP, under policy Local. */
export const local = web({
  externalTrafficPolicy: 'Local',
  ports: [servicePortSpec({ nodePort: 30_080 })],
  loadBalancerIngress: [{ ip: loadBalancerIP, ipMode: undefined }],
  externalIPs: [externalIP],
});

/** A packet from a pod to the ClusterIP, unless it is asked about another one, and what is to be said of it. */
export interface Case extends SceneOptions {
  readonly name: string;
  readonly asked?: Partial<Packet>;
  readonly summary: string;
  /** `about: says`, of the steps that matter here. */
  readonly steps?: readonly string[];
  /** Of any step. */
  readonly where?: readonly string[];
  readonly leftOut?: readonly string[];
}

/** What is said of a packet in a scene. */
export const answerTo = ({
  asked,
  ...options
}: SceneOptions & { readonly asked?: Partial<Packet> }): readonly Answer[] => {
  const packet: Packet = { family: 'ipv4', source: podB, destination: clusterIP, port: 80, protocol: 'TCP', ...asked };
  return explainPacket(sceneFrom(options), packet).answers;
};

/** Holds the one answer to a case against what it should be. */
export const check = ({ summary, steps = [], where = [], leftOut = [], ...rest }: Case): void => {
  const [answer, ...others] = answerTo(rest);
  expect(others).toEqual([]);
  expect(answer?.summary).toBe(summary);
  const told = answer?.steps.map(({ about, says }) => `${about}: ${says}`);
  for (const step of steps) expect(told).toContain(step);
  const places = answer?.steps.flatMap(step => step.where ?? []);
  for (const place of where) expect(places).toContain(place);
  expect(answer?.leftOut.map(one => `${one.address}: ${one.says}`)).toEqual(leftOut);
};

// The Services and EndpointSlices of a measurement: many with endpoints that nobody asks, and a few, spread evenly,
// with a real one, which show by packets what is in effect.

import { service, slice, tcp } from '../test/conformance/builders.ts';
import type { KubeObject } from '../test/conformance/builders.ts';

const PROBED = 20;
/** 10.128.0.0: endpoints that nobody asks. */
const FIRST_ENDPOINT = 0x0a80_0000;
/** How far away the first endpoint moves at every other change; out of the way of all others. */
const MOVE = 0x40_0000;
const FIRST_CLUSTER_IP = 0x0a60_0100;
const NODE_PORTS = 2700;

const dotted = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');

const nameOf = (i: number): string => `service-${String(i).padStart(6, '0')}`;

export class Load {
  readonly services: number;
  /** Of each service. */
  readonly endpoints: number;
  /** The services that are asked, by number. */
  readonly probed: readonly number[];
  readonly #rounds = new Map<number, number>();

  constructor(services: number, endpoints: number) {
    this.services = services;
    this.endpoints = endpoints;
    this.probed = Array.from({ length: services }, (_, i) => i).filter(i => this.isProbed(i));
  }

  isProbed(i: number): boolean {
    const every = Math.ceil(this.services / PROBED);
    return i % every === every - 1 || i === this.services - 1;
  }

  /** The n-th of the services that are asked, over and over; from the end where n is below zero. */
  probedAt(n: number): number {
    return this.probed.at(n % this.probed.length) ?? 0;
  }

  clusterIP(i: number): string {
    return dotted(FIRST_CLUSTER_IP + i);
  }

  /** The host that has to answer for a service that is asked. */
  hostOf(i: number): string {
    return (this.#rounds.get(i) ?? 0) % 2 ? 'remote-a' : 'pod-a';
  }

  /** All Services and slices. */
  objects(): KubeObject[] {
    return Array.from({ length: this.services }, (_, i) => [this.#service(i), this.#slice(i)]).flat();
  }

  /** The slice of a service after one more change: another first endpoint. */
  changedSlice(i: number): KubeObject {
    this.#rounds.set(i, (this.#rounds.get(i) ?? 0) + 1);
    return this.#slice(i);
  }

  /** One in ten has a node port, as long as there are any. */
  #service(i: number): KubeObject {
    const ip = this.clusterIP(i);
    if (i % 10 || i / 10 >= NODE_PORTS) return service(nameOf(i), { ip });
    const nodePort = 30000 + i / 10;
    return service(nameOf(i), { ip, type: 'NodePort', ports: [tcp(80, { nodePort })] });
  }

  #slice(i: number): KubeObject {
    if (this.isProbed(i)) return slice(nameOf(i), [this.hostOf(i)]);
    const round = this.#rounds.get(i) ?? 0;
    const endpoint = (k: number) => {
      const moved = k === 0 && round % 2 ? MOVE : 0;
      const address = dotted(FIRST_ENDPOINT + i * this.endpoints + k + moved);
      return { addresses: [address], nodeName: `node-${(i + k) % 100}`, zone: 'zone-b' };
    };
    return slice(
      nameOf(i),
      Array.from({ length: this.endpoints }, (_, k) => endpoint(k)),
    );
  }
}

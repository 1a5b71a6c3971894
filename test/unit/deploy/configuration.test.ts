import { describe, expect, test } from 'vitest';
import { resolveConfiguration } from '../../../src/config/resolve.ts';
import { configMapSchema, daemonSetSchema } from './manifest-schema.ts';
import { readManifest } from './read-manifests.ts';

const pod = readManifest(daemonSetSchema).spec.template.spec;
const [main] = pod.containers;
const { configuration, warnings } = resolveConfiguration(
  new Map([['hostname-override', ['node-a']]]),
  readManifest(configMapSchema).data['config.conf'],
);

describe('the configuration of the ConfigMap', () => {
  test('is right, without a word of warning', () => {
    expect(warnings).toEqual([]);
    expect(configuration).toMatchObject({ mode: 'nftables', hostnameOverride: 'node-a', enableProfiling: false });
  });

  test.for([
    { name: 'healthz', address: configuration.healthzBindAddress },
    { name: 'http-metrics', address: configuration.metricsBindAddress },
  ])('serves $name at the port that the container names, where others can reach it', ({ name, address }) => {
    expect(address).toBe(`0.0.0.0:${main.ports?.find(port => port.name === name)?.containerPort}`);
  });

  test('writes only to the volume that is mounted for it', () => {
    const volumes = new Set(pod.volumes.filter(({ emptyDir }) => emptyDir).map(({ name }) => name));
    const mounts = main.volumeMounts.filter(({ name }) => volumes.has(name)).map(({ mountPath }) => mountPath);
    expect(mounts).toEqual([configuration.sluice.runtimeDirectory]);
  });

  test('asks for no OOM score below that of system-node-critical pods, which would need SYS_RESOURCE', () => {
    expect(pod.priorityClassName).toBe('system-node-critical');
    expect(configuration.oomScoreAdj).toBeGreaterThanOrEqual(-997);
  });

  test("has kube-proxy's defaults for conntrack, which the init container sets", () => {
    const defaults = resolveConfiguration(new Map(), undefined).configuration;
    expect(configuration.conntrack).toEqual(defaults.conntrack);
  });
});

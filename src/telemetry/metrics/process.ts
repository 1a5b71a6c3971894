import { Gauge, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';
import { createEventLoopMetrics } from './event-loop.ts';

export interface SluiceBuild {
  readonly version: string;
  /** Git commit; empty where it is not known. */
  readonly revision: string;
}

/** What kube-proxy tells of the release that it was built from. */
export interface KubernetesBuild {
  readonly major: string;
  readonly minor: string;
  /** `v1.36.2`. */
  readonly gitVersion: string;
  readonly gitCommit: string;
  /** RFC 3339. */
  readonly buildDate: string;
}

export interface ProcessMetrics {
  /**
   * Sets the one series of `kubernetes_build_info`. The alert KubeVersionMismatch compares its git_version over all
   * components of a cluster: it has to be a Kubernetes version that goes with the cluster, never one of ours.
   */
  setKubernetesBuild(build: KubernetesBuild): void;
}

const BUILD_INFO_HELP =
  "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, " +
  'build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.';

/** prom-client's own event loop monitor costs CPU for each tick; this one never ticks. */
const NEVER_MS = 2 ** 31 - 1;
const REPLACED_OR_IDLE = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

/**
 * Registers `process_*` and `nodejs_*` (CPU, memory, file descriptors, garbage collection, event loop) and
 * `sluice_build_info`; `kubernetes_build_info` appears once it is known.
 * @throws Error where the registry has one of the names already.
 */
export function createProcessMetrics(registry: Registry, build: SluiceBuild): ProcessMetrics {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const statistic of REPLACED_OR_IDLE) registry.removeSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`);
  createEventLoopMetrics(registry);

  new Gauge({
    registers: [registry],
    name: 'sluice_build_info',
    help: 'Always 1; labeled by version and revision of sluice, and version of Node.js.',
    labelNames: ['version', 'revision', 'node_version'] as const,
  }).set({ ...build, node_version: process.version }, 1);

  const kubernetesBuild = new Gauge({
    registers: [registry],
    name: 'kubernetes_build_info',
    help: BUILD_INFO_HELP,
    labelNames: [
      'build_date',
      'compiler',
      'git_commit',
      'git_tree_state',
      'git_version',
      'go_version',
      'major',
      'minor',
      'platform',
    ] as const,
  });
  return {
    setKubernetesBuild: ({ major, minor, gitVersion, gitCommit, buildDate }) => {
      kubernetesBuild.reset();
      kubernetesBuild.set(
        {
          build_date: buildDate,
          // No Go here: to Prometheus an empty label is as none.
          compiler: '',
          git_commit: gitCommit,
          git_tree_state: '',
          git_version: gitVersion,
          go_version: '',
          major,
          minor,
          platform: goPlatform(),
        },
        1,
      );
    },
  };
}

function goPlatform(): string {
  return `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

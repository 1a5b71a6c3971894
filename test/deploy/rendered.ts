// deploy/ as helm and kustomize render it.

import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1DaemonSet,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { execa } from 'execa';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { schemaProblems } from './kubernetes-schema.ts';
import { PROJECT } from './tools.ts';

export const CHART = join(PROJECT, 'deploy/helm/sluice');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface PodMonitor {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly interval: string;
      readonly relabelings: readonly Readonly<Record<string, unknown>>[];
    }[];
  };
}

interface PrometheusRule {
  readonly metadata: Metadata;
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}

interface Kinds {
  readonly ServiceAccount: V1ServiceAccount;
  readonly ConfigMap: V1ConfigMap;
  readonly DaemonSet: V1DaemonSet;
  readonly ClusterRole: V1ClusterRole;
  readonly ClusterRoleBinding: V1ClusterRoleBinding;
  readonly PodMonitor: PodMonitor;
  readonly PrometheusRule: PrometheusRule;
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type RenderedObject = z.infer<typeof objectSchema>;

/** All that one rendering gave. */
export class Rendered {
  readonly objects: readonly RenderedObject[];

  constructor(text: string) {
    this.objects = parseAllDocuments(text, { uniqueKeys: true }).flatMap(document => {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem) throw new Error(problem.message);
      const object: unknown = document.toJS();
      return object === null ? [] : [objectSchema.parse(object)];
    });
  }

  get kinds(): readonly string[] {
    return this.objects.map(({ kind }) => kind).toSorted();
  }

  /** What Kubernetes' schemas have against the objects. */
  get problems(): readonly string[] {
    return this.objects.flatMap(schemaProblems);
  }

  /** All objects of a kind. Their types are Kubernetes' own: what does not fit them is among the problems. */
  all<K extends keyof Kinds>(kind: K): readonly Kinds[K][] {
    return this.objects.filter(object => object.kind === kind) as unknown as readonly Kinds[K][];
  }

  /** @throws Error where there is not one of this kind */
  the<K extends keyof Kinds>(kind: K): Kinds[K] {
    const [object, ...more] = this.all(kind);
    if (!object || more.length) throw new Error(`${object ? 'several' : 'no'} ${kind} among ${this.kinds.join(', ')}`);
    return object;
  }

  /** The configuration file of the pods. */
  get configFile(): string | undefined {
    return this.all('ConfigMap').find(({ data }) => data?.['config.conf'])?.data?.['config.conf'];
  }

  /** The pod of the DaemonSet. */
  get pod(): NonNullable<NonNullable<V1DaemonSet['spec']>['template']['spec']> {
    const pod = this.the('DaemonSet').spec?.template.spec;
    if (!pod) throw new Error('the DaemonSet has no pod');
    return pod;
  }
}

/** The least that the chart needs to be told. */
export const API_SERVER = { apiServer: { url: 'https://control-plane.example.org:6443' } };

export interface ChartOptions {
  readonly release?: string;
  readonly namespace?: string;
  /** What --kube-version says. */
  readonly kubernetes?: string;
}

const helm = (values: object, command: readonly string[], { namespace = 'kube-system' }: ChartOptions = {}) =>
  execa(inject('tools').helm, [...command, '--namespace', namespace, '--values', '-'], {
    // JSON: helm reads YAML 1.1, in which yes is no string.
    input: JSON.stringify(values),
    reject: false,
  });

const template = (values: object, options: ChartOptions = {}) => {
  const { release = 'sluice', kubernetes = '1.36.0' } = options;
  return helm(values, ['template', release, CHART, '--kube-version', kubernetes], options);
};

/** `helm template` with these values. @throws Error with what helm says */
export async function renderChart(values: object, options: ChartOptions = {}): Promise<Rendered> {
  const { exitCode, stdout, stderr } = await template(values, options);
  if (exitCode !== 0) throw new Error(stderr);
  return new Rendered(stdout);
}

/** What helm says against these values; empty where it renders them. */
export async function chartRefusal(values: object, options: ChartOptions = {}): Promise<string> {
  const { exitCode, stderr } = await template(values, options);
  return exitCode === 0 ? '' : stderr;
}

/** `helm lint --strict`: its status and all it says. */
export async function lintChart(
  values: object,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const { exitCode, stdout, stderr } = await helm(values, ['lint', CHART, '--strict']);
  return { status: exitCode, text: `${stdout}\n${stderr}` };
}

/** `kustomize build` of a folder below the project's. */
export async function renderKustomization(folder: string): Promise<Rendered> {
  const { stdout } = await execa(inject('tools').kustomize, ['build', join(PROJECT, folder)]);
  return new Rendered(stdout);
}

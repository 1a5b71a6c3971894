// What Kubernetes' own schemas say of an object: types and required fields by kubernetes-models, made of the OpenAPI document and
// of the CRDs of Prometheus Operator; unknown fields, which the API server may only warn of, by the models of the client.

import * as client from '@kubernetes/client-node';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { ClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import { ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { z } from 'zod';

interface Judge {
  readonly validate: (data: Record<string, unknown>) => void;
  /** The client's model, or for what it has none the fields that are used. */
  readonly fields: string | z.ZodType;
}

const relabelings = z
  .array(
    z.strictObject({
      sourceLabels: z.array(z.string()).optional(),
      targetLabel: z.string().optional(),
      replacement: z.string().optional(),
      regex: z.string().optional(),
      action: z.string().optional(),
    }),
  )
  .optional();
const podMonitorFields = z.strictObject({
  selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
  podMetricsEndpoints: z.array(
    z.strictObject({
      port: z.string(),
      path: z.string(),
      interval: z.string(),
      scrapeTimeout: z.string(),
      relabelings,
      metricRelabelings: relabelings,
    }),
  ),
});
const labels = z.record(z.string(), z.string());
const prometheusRuleFields = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(
        z.union([
          z.strictObject({ record: z.string(), expr: z.string(), labels: labels.optional() }),
          z.strictObject({
            alert: z.string(),
            expr: z.string(),
            for: z.string().optional(),
            labels,
            annotations: labels,
          }),
        ]),
      ),
    }),
  ),
});

const JUDGES: Readonly<Record<string, Judge>> = {
  'v1 ServiceAccount': { validate: data => new ServiceAccount(data).validate(), fields: 'V1ServiceAccount' },
  'v1 ConfigMap': { validate: data => new ConfigMap(data).validate(), fields: 'V1ConfigMap' },
  'apps/v1 DaemonSet': { validate: data => new DaemonSet(data).validate(), fields: 'V1DaemonSet' },
  'rbac.authorization.k8s.io/v1 ClusterRole': {
    validate: data => new ClusterRole(data).validate(),
    fields: 'V1ClusterRole',
  },
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': {
    validate: data => new ClusterRoleBinding(data as never).validate(),
    fields: 'V1ClusterRoleBinding',
  },
  'monitoring.coreos.com/v1 PodMonitor': {
    validate: data => new PodMonitor(data as never).validate(),
    fields: podMonitorFields,
  },
  'monitoring.coreos.com/v1 PrometheusRule': {
    validate: data => new PrometheusRule(data as never).validate(),
    fields: prometheusRuleFields,
  },
};

/** @returns all that is wrong with an object, each with its path; of a kind that is not known here, that. */
export function schemaProblems(object: unknown): readonly string[] {
  const { apiVersion, kind, ...data } = z.looseObject({ apiVersion: z.string(), kind: z.string() }).parse(object);
  const judge = JUDGES[`${apiVersion} ${kind}`];
  if (!judge) return [`${apiVersion} ${kind}: no such kind is expected`];
  const problems: string[] = [];
  try {
    judge.validate(data);
  } catch (error) {
    problems.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof judge.fields === 'string') return [...problems, ...unknownFields(data, judge.fields, kind)];
  const parsed = judge.fields.safeParse(data['spec']);
  const { metadata, spec: _, ...more } = data;
  problems.push(...unknownFields(metadata, 'V1ObjectMeta', `${kind}.metadata`));
  problems.push(...Object.keys(more).map(key => `${kind}.${key}: unknown field`));
  return [
    ...problems,
    ...(parsed.error?.issues.map(({ path, message }) => `${kind}.spec.${path.join('.')}: ${message}`) ?? []),
  ];
}

const attributesSchema = z.array(z.object({ baseName: z.string(), type: z.string() }));

/** The fields of a model of the client, with the names of their types; undefined where it is none. */
function attributesOf(type: string): z.infer<typeof attributesSchema> | undefined {
  const model: unknown = Object.getOwnPropertyDescriptor(client, type)?.value ?? Reflect.get(client, type);
  if (typeof model !== 'function' || !('getAttributeTypeMap' in model)) return undefined;
  const { getAttributeTypeMap } = model;
  return typeof getAttributeTypeMap === 'function'
    ? attributesSchema.parse(getAttributeTypeMap.call(model))
    : undefined;
}

function unknownFields(value: unknown, type: string, path: string): readonly string[] {
  const [, element] = /^Array<(.+)>$/.exec(type) ?? [];
  if (element) {
    return Array.isArray(value) ? value.flatMap((item, i) => unknownFields(item, element, `${path}[${i}]`)) : [];
  }
  const attributes = attributesOf(type);
  if (!attributes || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const attribute = attributes.find(({ baseName }) => baseName === key);
    if (!attribute) return key === 'apiVersion' || key === 'kind' ? [] : [`${path}.${key}: unknown field`];
    return unknownFields(inner, attribute.type, `${path}.${key}`);
  });
}

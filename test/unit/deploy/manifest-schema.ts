import { z } from 'zod';

// The fields of Kubernetes' objects that the manifests use. Strict, since kubectl and the API server may only warn of a
// misspelt field, and a privilege that is not expected should not get in by being overlooked.

const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name: z.string(), namespace: z.string().optional(), labels: labels.optional() });
const manifest = { apiVersion: z.string(), metadata };

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port: z.string() }),
  periodSeconds: z.int(),
  timeoutSeconds: z.int(),
  failureThreshold: z.int(),
});

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(
    z.strictObject({
      name: z.string(),
      valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.string() }) }),
    }),
  ),
  securityContext: z.strictObject({
    privileged: z.boolean(),
    allowPrivilegeEscalation: z.boolean().optional(),
    readOnlyRootFilesystem: z.boolean(),
    runAsUser: z.int().optional(),
    runAsGroup: z.int().optional(),
    capabilities: z.strictObject({ drop: z.array(z.string()), add: z.array(z.string()) }).optional(),
    seccompProfile: z.strictObject({ type: z.string() }).optional(),
  }),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.int(), protocol: z.string() })).optional(),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
    limits: z.strictObject({ memory: z.string() }),
  }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
});

const volume = z.strictObject({
  name: z.string(),
  configMap: z.strictObject({ name: z.string() }).optional(),
  emptyDir: z.strictObject({ medium: z.string(), sizeLimit: z.string() }).optional(),
});

const podSpec = z.strictObject({
  serviceAccountName: z.string(),
  priorityClassName: z.string(),
  nodeSelector: labels,
  tolerations: z.array(z.strictObject({ operator: z.string() })),
  hostNetwork: z.boolean(),
  dnsPolicy: z.string(),
  enableServiceLinks: z.boolean(),
  initContainers: z.tuple([container]),
  containers: z.tuple([container]),
  volumes: z.array(volume),
});

const daemonSetSpec = z.strictObject({
  selector: z.strictObject({ matchLabels: labels }),
  updateStrategy: z.strictObject({
    type: z.literal('RollingUpdate'),
    rollingUpdate: z.strictObject({ maxUnavailable: z.string() }),
  }),
  template: z.strictObject({ metadata: z.strictObject({ labels }), spec: podSpec }),
});

const policyRule = z.strictObject({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
});
const reference = { kind: z.string(), name: z.string() };

export const serviceAccountSchema = z.strictObject({ ...manifest, kind: z.literal('ServiceAccount') });
export const configMapSchema = z.strictObject({
  ...manifest,
  kind: z.literal('ConfigMap'),
  data: z.strictObject({ 'config.conf': z.string(), 'kubeconfig.conf': z.string() }),
});
export const clusterRoleSchema = z.strictObject({
  ...manifest,
  kind: z.literal('ClusterRole'),
  rules: z.array(policyRule),
});
export const clusterRoleBindingSchema = z.strictObject({
  ...manifest,
  kind: z.literal('ClusterRoleBinding'),
  roleRef: z.strictObject({ apiGroup: z.string(), ...reference }),
  subjects: z.array(z.strictObject({ ...reference, namespace: z.string() })),
});
export const daemonSetSchema = z.strictObject({ ...manifest, kind: z.literal('DaemonSet'), spec: daemonSetSpec });

export const manifestSchema = z.discriminatedUnion('kind', [
  serviceAccountSchema,
  configMapSchema,
  clusterRoleSchema,
  clusterRoleBindingSchema,
  daemonSetSchema,
]);

export const kustomizationSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })),
  labels: z.array(
    z.strictObject({
      pairs: labels,
      includeSelectors: z.boolean().optional(),
      includeTemplates: z.boolean().optional(),
    }),
  ),
});

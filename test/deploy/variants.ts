import { API_SERVER } from './rendered.ts';

/** Values as different users set them; what has to hold of any rendering is tried on each. */
export const VARIANTS: readonly { readonly name: string; readonly values: object }[] = [
  { name: 'defaults', values: API_SERVER },
  { name: 'a dry run', values: { ...API_SERVER, dryRun: true } },
  {
    name: 'mode ipvs',
    values: { ...API_SERVER, config: { mode: 'ipvs', ipvs: { scheduler: 'wrr', strictARP: true } } },
  },
  { name: 'mode ipvs with weights', values: { ...API_SERVER, config: { mode: 'ipvs', ipvs: { weights: true } } } },
  {
    name: 'monitoring on',
    values: {
      ...API_SERVER,
      podMonitor: {
        enabled: true,
        labels: { release: 'kube-prometheus-stack' },
        interval: '15s',
        relabelings: [{ targetLabel: 'cluster', replacement: 'a' }],
        metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'nodejs_.*' }],
      },
      prometheusRule: { enabled: true, labels: { release: 'kube-prometheus-stack' } },
      dashboard: { enabled: true, namespace: 'monitoring', annotations: { grafana_folder: 'Network' } },
    },
  },
  {
    name: 'all off',
    values: {
      ...API_SERVER,
      initContainer: { enabled: false },
      serviceAccount: { create: false, name: 'mine' },
      rbac: { create: false },
      kubeProxyLabel: false,
      restartOnConfigChange: false,
      priorityClassName: '',
      nodeSelector: null,
      tolerations: [],
    },
  },
  {
    name: 'everything set',
    values: {
      image: { repository: 'registry.example.org/sluice', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' },
      imagePullSecrets: [{ name: 'registry' }],
      nameOverride: 'proxy',
      fullnameOverride: 'node-proxy',
      apiServer: { kubeconfigSecret: { name: 'node-kubeconfig', key: 'value' } },
      config: {
        bindAddress: '::',
        healthzBindAddress: '[::]:20256',
        metricsBindAddress: '[::]:20249',
        clusterCIDR: '10.244.0.0/16,fd00:10:244::/56',
        clientConnection: { qps: 50, burst: 100 },
        conntrack: { min: 13107200 },
        sluice: { verifyPeriod: '5m', runtimeDirectory: '/run/elsewhere' },
        nodePortAddresses: ['192.0.2.0/24'],
      },
      podLabels: { team: 'network' },
      podAnnotations: { note: 'x' },
      daemonSetAnnotations: { note: 'y' },
      serviceAccount: { annotations: { note: 'z' } },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
          },
        },
      },
      updateStrategy: { type: 'OnDelete', rollingUpdate: null },
      terminationGracePeriodSeconds: 5,
      extraArgs: ['--v=4', '--logging-format=json'],
      extraEnv: [{ name: 'SLUICE_NODE_OPTIONS', value: '' }],
      runtimeDirectorySizeLimit: '1Gi',
      resources: { limits: { memory: '1Gi' } },
    },
  },
];

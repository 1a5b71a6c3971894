import { flagsOf, type ConfigurationFlag } from './flag-definition.ts';

const node = flagsOf('Node and API server');
const system = flagsOf('Conntrack and process');
const AS_IS = '0 leaves it as it is';

/** Flags about the node, its way to the API server, and what is set in its kernel besides forwarding. */
export const NODE_FLAGS: readonly ConfigurationFlag[] = [
  node(
    'string',
    'hostname-override',
    'hostnameOverride',
    'name of the Node object (default: the host name); wins over the file',
    (draft, name) => {
      // A blank one stays, to be refused.
      if (name !== '') draft.hostnameOverride = name.trim().toLowerCase() || name;
    },
    { winsOverFile: true },
  ),
  node(
    'string',
    'bind-address',
    'bindAddress',
    "the node's primary address, instead of that of the Node object (default 0.0.0.0: that one)",
    (draft, address) => {
      if (address !== '') draft.bindAddress = address;
    },
  ),
  node(
    'string',
    'kubeconfig',
    'clientConnection.kubeconfig',
    'how to reach the API server (default: as a pod of the cluster)',
    (draft, path) => {
      draft.clientConnection.kubeconfig = path;
    },
  ),
  node(
    'string',
    'kube-api-content-type',
    'clientConnection.contentType',
    'has no effect: the API server is asked for JSON',
    (draft, type) => {
      draft.clientConnection.contentType = type;
    },
  ),
  node(
    'float',
    'kube-api-qps',
    'clientConnection.qps',
    'requests to the API server in a second (default 5)',
    (draft, qps) => {
      draft.clientConnection.qps = qps;
    },
  ),
  node(
    'int32',
    'kube-api-burst',
    'clientConnection.burst',
    'requests to the API server in a burst (default 10)',
    (draft, burst) => {
      draft.clientConnection.burst = burst;
    },
  ),
  node(
    'duration',
    'config-sync-period',
    'configSyncPeriod',
    'has no effect but is checked: what is watched needs no refresh (default 15m)',
    (draft, ms) => {
      draft.configSyncPeriodMs = ms;
    },
  ),
  node('gates', 'feature-gates', 'featureGates', 'name=true or name=false, comma separated', (draft, gates) => {
    draft.featureGates = { ...gates };
  }),
  system(
    'int32',
    'conntrack-max-per-core',
    'conntrack.maxPerCore',
    `connections to track for each core (default 32768); ${AS_IS}`,
    (draft, count) => {
      draft.conntrack.maxPerCore = count;
    },
  ),
  system(
    'int32',
    'conntrack-min',
    'conntrack.min',
    'connections to track at least (default 131072)',
    (draft, count) => {
      draft.conntrack.min = count;
    },
  ),
  system(
    'duration',
    'conntrack-tcp-timeout-established',
    'conntrack.tcpEstablishedTimeout',
    `time-out of idle TCP connections (default 24h); ${AS_IS}`,
    (draft, ms) => {
      draft.conntrack.tcpEstablishedTimeoutMs = ms;
    },
  ),
  system(
    'duration',
    'conntrack-tcp-timeout-close-wait',
    'conntrack.tcpCloseWaitTimeout',
    `time-out of TCP connections in CLOSE_WAIT (default 1h); ${AS_IS}`,
    (draft, ms) => {
      draft.conntrack.tcpCloseWaitTimeoutMs = ms;
    },
  ),
  system(
    'boolean',
    'conntrack-tcp-be-liberal',
    'conntrack.tcpBeLiberal',
    'do not call packets out of the window invalid',
    (draft, on) => {
      draft.conntrack.tcpBeLiberal = on;
    },
  ),
  system(
    'duration',
    'conntrack-udp-timeout',
    'conntrack.udpTimeout',
    `time-out of UDP without an answer (default 0); ${AS_IS}`,
    (draft, ms) => {
      draft.conntrack.udpTimeoutMs = ms;
    },
  ),
  system(
    'duration',
    'conntrack-udp-timeout-stream',
    'conntrack.udpStreamTimeout',
    `time-out of UDP with answers (default 0); ${AS_IS}`,
    (draft, ms) => {
      draft.conntrack.udpStreamTimeoutMs = ms;
    },
  ),
  system(
    'int32',
    'oom-score-adj',
    'oomScoreAdj',
    'OOM score of the process, from -1000 to 1000 (default -999)',
    (draft, score) => {
      draft.oomScoreAdj = score;
    },
  ),
  system('string', 'proxy-port-range', 'portRange', 'has no effect: it was for the userspace mode', (draft, range) => {
    draft.portRange = range;
  }),
];

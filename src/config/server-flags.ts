import { flagsOf, type ConfigurationFlag } from './flag-definition.ts';
import { withDefaultPort } from './host-port.ts';

const server = flagsOf('Servers');

/** Flags about what sluice serves itself. */
export const SERVER_FLAGS: readonly ConfigurationFlag[] = [
  server(
    'string',
    'healthz-bind-address',
    'healthzBindAddress',
    'IP:port of /healthz and /livez (default 0.0.0.0:10256)',
    (draft, address) => {
      if (address !== '') draft.healthzBindAddress = address;
    },
  ),
  server(
    'string',
    'metrics-bind-address',
    'metricsBindAddress',
    'IP:port of /metrics, /configz and /proxyMode (default 127.0.0.1:10249)',
    (draft, address) => {
      if (address !== '') draft.metricsBindAddress = address;
    },
  ),
  // After the addresses, to which they add.
  server(
    'int32',
    'healthz-port',
    'healthzBindAddress',
    'port for a --healthz-bind-address without one; 0: no such server',
    (draft, port) => {
      draft.healthzBindAddress = port === 0 ? undefined : withDefaultPort(draft.healthzBindAddress ?? '', port);
    },
    { deprecation: 'is deprecated: use --healthz-bind-address' },
  ),
  server(
    'int32',
    'metrics-port',
    'metricsBindAddress',
    'port for a --metrics-bind-address without one',
    (draft, port) => {
      draft.metricsBindAddress = port === 0 ? '' : withDefaultPort(draft.metricsBindAddress, port);
    },
    { deprecation: 'is deprecated: use --metrics-bind-address' },
  ),
  server(
    'boolean',
    'bind-address-hard-fail',
    'bindAddressHardFail',
    'end when one of these addresses is in use',
    (draft, on) => {
      draft.bindAddressHardFail = on;
    },
  ),
  server('boolean', 'profiling', 'enableProfiling', 'serve /debug/pprof', (draft, on) => {
    draft.enableProfiling = on;
  }),
  server(
    'string',
    'show-hidden-metrics-for-version',
    'showHiddenMetricsForVersion',
    'show metrics that are hidden since this <major>.<minor>',
    (draft, version) => {
      draft.showHiddenMetricsForVersion = version;
    },
  ),
];

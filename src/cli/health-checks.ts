import type { Logger } from 'pino';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { ServiceIndex } from '../model/service-index.ts';
import { NodePortHealthServers } from '../server/node-port-health.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import type { LiveNode } from './live-node.ts';

interface HealthChecksOptions {
  readonly live: LiveNode;
  readonly health: HealthState;
  readonly index: ServiceIndex;
  readonly events: EventRecorder;
  readonly logger: Logger;
}

/** Starts what serves healthCheckNodePorts; a port that cannot be had is told as an event of its Service. */
export function startHealthChecks({ live, health, index, events, logger }: HealthChecksOptions): NodePortHealthServers {
  return new NodePortHealthServers({
    addresses: {
      get ipv4() {
        return live.healthCheckAddresses('ipv4');
      },
      get ipv6() {
        return live.healthCheckAddresses('ipv6');
      },
    },
    isProxyHealthy: () => health.isHealthy(),
    onBindFailure: ({ service, port, error }) => {
      const [namespace = '', name = ''] = service.split('/');
      const uid = index.service(service)?.uid;
      events.record({
        regarding: { kind: 'Service', namespace, name, ...(uid !== undefined && { uid }) },
        type: 'Warning',
        reason: 'FailedToStartServiceHealthcheck',
        action: 'Listen',
        note: `node ${live.view.name} failed to start healthcheck "${service}" on port ${port}: ${error.message}`,
      });
    },
    log: logger.child({ component: 'health-check' }),
  });
}

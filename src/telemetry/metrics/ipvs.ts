import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ServerStatistics } from '../../backend/server-statistics.ts';
import type { IpvsStatistics } from '../ipvs-statistics.ts';

type Told = Pick<IpvsStatistics, 'wanted' | 'servers' | 'omitted' | 'restarts'>;

const LABELS = ['protocol', 'virtual_server', 'real_server'] as const;
type Labels = Partial<Record<(typeof LABELS)[number], string>>;

const isReal = ({ realServer }: ServerStatistics): boolean => realServer !== undefined;

const labelsOf = ({ protocol, virtualServer, realServer }: ServerStatistics): Labels => ({
  protocol,
  virtual_server: virtualServer,
  ...(realServer !== undefined && { real_server: realServer }),
});

/**
 * Numbers of IPVS, as they were when they were last read; a scrape has them read anew, for the next one. To be registered in mode ipvs only.
 * @throws Error where the registry has one of the names already
 */
export function createIpvsMetrics(registry: Registry, statistics: Told): void {
  const registers = [registry];
  for (const [kind, what, isOfKind] of [
    ['virtual_server', 'a virtual server', (one: ServerStatistics) => !isReal(one)],
    ['real_server', 'a real server', isReal],
  ] as const) {
    const own = (): readonly ServerStatistics[] => statistics.servers.filter(isOfKind);
    const connections = new Counter({
      registers,
      name: `sluice_ipvs_${kind}_connections_total`,
      help: `Connections to ${what}.`,
      labelNames: LABELS,
      collect: () => {
        statistics.wanted();
        connections.reset();
        for (const one of own()) connections.inc(labelsOf(one), one.connections);
      },
    });
    for (const [unit, incoming, outgoing] of [
      ['packets', 'incomingPackets', 'outgoingPackets'],
      ['bytes', 'incomingBytes', 'outgoingBytes'],
    ] as const) {
      const counter = new Counter({
        registers,
        name: `sluice_ipvs_${kind}_${unit}_total`,
        help: `${unit === 'packets' ? 'Packets' : 'Bytes'} to and from ${what}.`,
        labelNames: [...LABELS, 'direction'] as const,
        collect: () => {
          counter.reset();
          for (const one of own()) {
            counter.inc({ ...labelsOf(one), direction: 'in' }, one[incoming]);
            counter.inc({ ...labelsOf(one), direction: 'out' }, one[outgoing]);
          }
        },
      });
    }
    for (const [name, field, help] of [
      ['weight', 'weight', `Weight of ${what}; 0: no new connections.`],
      ['active_connections', 'activeConnections', `Established TCP connections of ${what}.`],
      ['inactive_connections', 'inactiveConnections', `All other connections of ${what} that are remembered.`],
    ] as const) {
      const gauge = new Gauge({
        registers,
        name: `sluice_ipvs_${kind}_${name}`,
        help,
        labelNames: LABELS,
        collect: () => {
          gauge.reset();
          for (const one of own()) gauge.set(labelsOf(one), one[field]);
        },
      });
    }
  }
  const omitted = new Gauge({
    registers,
    name: 'sluice_ipvs_servers_omitted',
    help: 'Virtual and real servers that have no series, since there are too many.',
    collect: () => {
      omitted.set(statistics.omitted);
    },
  });
  const restarts = new Counter({
    registers,
    name: 'sluice_ipvs_coprocess_restarts_total',
    help: 'How often the ipvsadm that takes commands ended and was started anew.',
    collect: () => {
      restarts.reset();
      restarts.inc(statistics.restarts);
    },
  });
}

import { release } from 'node:os';
import type { Logger } from 'pino';
import { probeIpvs } from '../backend/ipvs/probe.ts';
import { DEFAULT_SCHEDULER } from '../backend/ipvs/settings.ts';
import type { Configuration } from '../config/schema.ts';
import { Ipvsadm } from '../kernel/ipvsadm.ts';
import { ensureSysctl, readSysctl } from '../kernel/sysctl.ts';

/** By default the kernel sends a keep-alive on an idle TCP connection after so long; IPVS should not have forgotten it by then. */
const KEEPALIVE_MS = 7_200_000;

/** Without conntrack nothing that IPVS forwards is masqueraded; the others end connections of endpoints that are gone. */
const SYSCTLS = [
  ['net/ipv4/vs/conntrack', 1],
  ['net/ipv4/vs/expire_nodest_conn', 1],
  ['net/ipv4/vs/expire_quiescent_template', 1],
  ['net/ipv4/ip_forward', 1],
] as const;

/** kube-proxy's `strictARP`: no interface answers for the addresses of another one. */
const STRICT_ARP = [
  ['net/ipv4/conf/all/arp_ignore', 1],
  ['net/ipv4/conf/all/arp_announce', 2],
] as const;

/**
 * Makes the kernel ready for mode ipvs: loads IPVS, tries it out, and makes its settings.
 * @throws Error that says what is missing, or which setting cannot be made; equal values need no privilege
 */
export async function prepareIpvs(ipvs: Configuration['ipvs'], logger: Logger): Promise<void> {
  const ipvsadm = new Ipvsadm({ path: ipvs.ipvsadmPath });
  try {
    const { version, problems } = await probeIpvs(ipvsadm, ipvs.scheduler || DEFAULT_SCHEDULER, release());
    if (problems.length) throw new Error(`this node cannot run mode ipvs: ${problems.join('; ')}`);
    logger.info({ ipvsadm: version, scheduler: ipvs.scheduler || DEFAULT_SCHEDULER }, 'the kernel has IPVS');
    for (const [name, value] of [
      ...SYSCTLS,
      ...(ipvs.strictARP ? STRICT_ARP : []),
      ...(ipvs.sloppyTCP ? [['net/ipv4/vs/sloppy_tcp', 1] as const] : []),
    ]) {
      if (await ensureSysctl(name, value)) logger.info({ sysctl: name.replaceAll('/', '.'), value }, 'ipvs: set');
    }
    await setTimeouts(ipvs, ipvsadm, logger);
  } finally {
    ipvsadm.close();
  }
  await warnOfSurroundings(ipvs, logger);
}

async function setTimeouts(ipvs: Configuration['ipvs'], ipvsadm: Ipvsadm, logger: Logger): Promise<void> {
  const seconds = [ipvs.tcpTimeoutMs, ipvs.tcpFinTimeoutMs, ipvs.udpTimeoutMs].map(ms => Math.ceil(ms / 1000));
  if (seconds.some(one => one > 0)) {
    const [answer] = await ipvsadm.execute([`--set ${seconds.join(' ')}`]);
    if (answer?.message !== undefined) throw new Error(`the time-outs of IPVS cannot be set: ${answer.message}`);
    const [tcp, tcpFin, udp] = seconds;
    logger.info({ tcp, tcpFin, udp }, 'ipvs: time-outs set, in seconds; 0 leaves one as it is');
  }
  if (ipvs.tcpTimeoutMs >= KEEPALIVE_MS || ipvs.sloppyTCP) return;
  const timeout = ipvs.tcpTimeoutMs ? `${seconds[0]} s` : 'some time (900 s, if nobody has changed that)';
  logger.warn(
    `IPVS forgets a TCP connection that is idle for ${timeout}, and its next packet is reset; ipvs.tcpTimeout of 2h or more is longer than keep-alives take`,
  );
}

/** Tells what keeps some packets from being forwarded and is no business of a service proxy to change. */
async function warnOfSurroundings({ bridgeFallbackSNAT }: Configuration['ipvs'], logger: Logger): Promise<void> {
  const valueOf = (name: string): Promise<number | undefined> => readSysctl(name).catch(() => undefined);
  if (bridgeFallbackSNAT === false && (await valueOf('net/bridge/bridge-nf-call-iptables')) === 0) {
    logger.warn(
      'net.bridge.bridge-nf-call-iptables is 0 and ipvs.bridgeFallbackSNAT is false: pods at one bridge of this node cannot reach each other by a Service',
    );
  }
  if ((await valueOf('net/ipv6/conf/all/forwarding')) === 0)
    logger.warn('net.ipv6.conf.all.forwarding is 0: no IPv6 Service is forwarded to another host');
}

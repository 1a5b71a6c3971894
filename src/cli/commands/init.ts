import { cpus } from 'node:os';
import type { Logger } from 'pino';
import { conntrackMax, conntrackSysctls } from '../../config/conntrack-sysctls.ts';
import type { Configuration } from '../../config/schema.ts';
import { prepareIpvs } from '../ipvs-kernel.ts';
import { forwardingSettings } from '../../config/forwarding-settings.ts';
import { ensureConntrackHashSize, ensureSysctl, loadConntrack } from '../../kernel/sysctl.ts';

/**
 * Sets what needs privileges, before anything else and with `--init-only` alone: the kernel's settings of connection tracking
 * (kube-proxy's setupConntrack), and in mode ipvs those of IPVS.
 * @throws Error naming the setting that cannot be made; equal values need no privilege
 */
export async function initialise(configuration: Configuration, logger: Logger): Promise<void> {
  // Of the machine, not of a container's quota: the init container and this one have to come to the same value.
  const max = conntrackMax(configuration, cpus().length);
  const sysctls = conntrackSysctls(configuration);
  if (max !== undefined || sysctls.length) await loadConntrack();
  if (max !== undefined) {
    if (await ensureSysctl('net/netfilter/nf_conntrack_max', max)) logger.info({ max }, 'conntrack: size set');
    await ensureConntrackHashSize(Math.floor(max / 4));
  }
  for (const { name, value } of sysctls) {
    if (await ensureSysctl(name, value)) logger.info({ sysctl: name.replaceAll('/', '.'), value }, 'conntrack: set');
  }
  if (forwardingSettings(configuration).backend === 'ipvs') await prepareIpvs(configuration.ipvs, logger);
}

import { CommandError } from '../../kernel/command.ts';
import type { Ipvsadm } from '../../kernel/ipvsadm.ts';

export interface IpvsProbe {
  readonly version: string;
  /** What keeps mode ipvs from working, for the operator; empty where nothing does. */
  readonly problems: readonly string[];
}

/** Of a network for documentation (RFC 5737), as kube-proxy's; it is there for a moment. */
const TRIAL = '-t 198.51.100.0:20000';
/** Since then connections of real servers that are deleted end at once, and ports may be used again at once (conn_reuse_mode). */
const LEAST_KERNEL = [5, 9] as const;

/**
 * Finds out, by trying, whether this node can run mode ipvs: ipvsadm is there, the kernel has IPVS and the scheduler.
 * @param kernelRelease `6.1.0-56-amd64`
 */
export async function probeIpvs(ipvsadm: Ipvsadm, scheduler: string, kernelRelease: string): Promise<IpvsProbe> {
  const problems: string[] = [];
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  const [leastMajor, leastMinor] = LEAST_KERNEL;
  if (Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor))
    problems.push(`the kernel is ${kernelRelease}, and ${LEAST_KERNEL.join('.')} is needed`);
  let version = '';
  try {
    version = await ipvsadm.version();
    await ipvsadm.save();
  } catch (error) {
    return { version, problems: [...problems, explain(error, ipvsadm.path)] };
  }
  try {
    const [added, deleted] = await ipvsadm.execute([`-A ${TRIAL} -s ${scheduler}`, `-D ${TRIAL}`]);
    if (added?.message !== undefined) {
      const isMissing = /Scheduler .*not found/.test(added.message);
      problems.push(
        isMissing
          ? `the kernel has no scheduler ${scheduler}: its module is ip_vs_${scheduler}`
          : `no virtual server can be made: ${added.message}`,
      );
    } else if (deleted?.message !== undefined) problems.push(`no virtual server can be deleted: ${deleted.message}`);
  } catch (error) {
    problems.push(explain(error, ipvsadm.path));
  }
  return { version, problems };
}

function explain(error: unknown, path: string): string {
  if (!(error instanceof CommandError)) return error instanceof Error ? error.message : String(error);
  if (error.isMissing) return `there is no program ${path}: it is in the package ipvsadm`;
  const said = /^.*initialize ipvs.*$/im.exec(error.stderr)?.[0] ?? error.message;
  if (/must be root|Permission denied|not permitted/.test(said))
    return `ipvsadm may not change IPVS: CAP_NET_ADMIN is needed (${said})`;
  if (/Protocol not available/.test(said))
    return `the kernel has no IPVS: its module ip_vs is not loaded, and cannot be (${said})`;
  return said;
}

import { runCommand } from './command.ts';

/**
 * The addresses of all interfaces of this network namespace, whether they are up or not, as the kernel prints them. Node's own
 * os.networkInterfaces() leaves out interfaces without a carrier, whose addresses are local all the same.
 * @param without an interface whose addresses do not count
 * @throws CommandError
 */
export async function localAddresses(without = ''): Promise<readonly string[]> {
  const printed = await runCommand('ip', ['-j', 'address', 'show'], { timeoutMs: 10_000 });
  const links = JSON.parse(printed) as readonly {
    readonly ifname?: string;
    readonly addr_info?: readonly { readonly local?: string }[];
  }[];
  return links
    .filter(({ ifname }) => ifname !== without)
    .flatMap(({ addr_info: addresses = [] }) => addresses.flatMap(({ local }) => local ?? []));
}

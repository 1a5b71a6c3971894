import { runCommand } from './command.ts';

/** A network interface. */
export interface Link {
  readonly name: string;
  /** As the kernel prints them. */
  readonly addresses: readonly string[];
}

const TIMEOUT_MS = 60_000;

/** Lists the interfaces of this network namespace, whether they are up or not. @throws CommandError */
export async function listLinks(): Promise<Link[]> {
  const printed = await runCommand('ip', ['-j', 'address', 'show'], { timeoutMs: TIMEOUT_MS });
  const links = JSON.parse(printed) as readonly {
    readonly ifname?: string;
    readonly addr_info?: readonly { readonly local?: string }[];
  }[];
  return links.flatMap(({ ifname: name, addr_info: addresses = [] }) =>
    name === undefined ? [] : { name, addresses: addresses.flatMap(({ local }) => local ?? []) },
  );
}

/** Removes an interface, with its addresses. @throws CommandError */
export async function deleteLink(name: string): Promise<void> {
  await runCommand('ip', ['link', 'delete', 'dev', name], { timeoutMs: TIMEOUT_MS });
}

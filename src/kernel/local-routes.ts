import { closeSync } from 'node:fs';
import { CommandError, runCommand } from './command.ts';
import type { ScratchFile } from './scratch-file.ts';

/** By which routes of ours are told from those of others: a number of rt_protos(5) that no known program uses. */
const PROTOCOL = 107;

/**
 * The kernel's own routes, which make a host's addresses its own, have metric 0, and those of others have none or 1024: whatever is done to
 * one of this metric leaves them alone, also where it is to the same addresses, and they go before it. (`replace` goes by prefix and metric,
 * whoever made the route and whatever it is.)
 */
const METRIC = 10_700;

const TIMEOUT_MS = 60_000;
const OPTIONS = { ipv4: '-4', ipv6: '-6' } as const;

/** A route that makes all addresses of a CIDR addresses of this host, without any interface having them. */
export interface LocalRoute {
  readonly cidr: string;
  /** The address that this host sends from; undefined: the one that it sends to. */
  readonly source: string | undefined;
}

/** What lists and makes such routes: this machine, or what stands for it in a test. */
export interface LocalRoutes {
  readonly list: (family: 'ipv4' | 'ipv6') => Promise<readonly LocalRoute[]>;
  readonly change: (family: 'ipv4' | 'ipv6', changes: RouteChanges) => Promise<void>;
}

export interface RouteChanges {
  /** Not there yet. */
  readonly adds?: readonly LocalRoute[];
  /** There, with another source. */
  readonly replaces?: readonly LocalRoute[];
  readonly deletes?: readonly LocalRoute[];
}

/** What `ip route add` takes to make it; `backend/ipvs/render.ts` prints the same. */
const formatRoute = ({ cidr, source }: LocalRoute): string =>
  `${formatSelector(cidr)} metric ${METRIC}${source === undefined ? '' : ` src ${source}`}`;

const formatSelector = (cidr: string): string => `local ${cidr} dev lo table local proto ${PROTOCOL}`;

/** Those of this machine. @param scratch of the caller, who closes it */
export const systemRoutes = (scratch: ScratchFile): LocalRoutes => ({
  list: listLocalRoutes,
  change: (family, changes) => changeLocalRoutes(family, changes, scratch),
});

/** Lists those that {@link changeLocalRoutes} has made, in this process or another one. @throws CommandError */
export async function listLocalRoutes(family: 'ipv4' | 'ipv6'): Promise<LocalRoute[]> {
  const args = [OPTIONS[family], '-j', 'route', 'show', 'table', 'local', 'proto', `${PROTOCOL}`];
  const printed = await runCommand('ip', args, { timeoutMs: TIMEOUT_MS }).catch(noneWithoutTable);
  // It prints nothing at all where there is none.
  const routes = JSON.parse(printed.trim() || '[]') as readonly { readonly dst?: string; readonly prefsrc?: string }[];
  const whole = family === 'ipv4' ? 32 : 128;
  return routes.flatMap(({ dst, prefsrc: source }) =>
    dst === undefined ? [] : { cidr: dst.includes('/') ? dst : `${dst}/${whole}`, source },
  );
}

/** The kernel has no table `local` before the first address comes up. @throws any other error */
function noneWithoutTable(error: unknown): string {
  if (error instanceof CommandError && error.stderr.includes('FIB table does not exist')) return '';
  throw error;
}

/**
 * Makes, changes and removes routes of ours, in this order: no address is away meanwhile that is in one that leaves and one that comes.
 * Routes of others stay, whatever they are to.
 * @throws CommandError where some cannot be made, changed or removed; the others are
 */
export async function changeLocalRoutes(
  family: 'ipv4' | 'ipv6',
  { adds = [], replaces = [], deletes = [] }: RouteChanges,
  scratch: ScratchFile,
): Promise<void> {
  const lines = [
    ...adds.map(route => `route add ${formatRoute(route)}\n`),
    ...replaces.map(route => `route replace ${formatRoute(route)}\n`),
    ...deletes.map(({ cidr }) => `route del ${formatSelector(cidr)}\n`),
  ];
  if (!lines.length) return;
  const stdin = scratch.write(lines.join(''));
  try {
    await runCommand('ip', [OPTIONS[family], '-force', '-batch', '-'], { stdin, timeoutMs: TIMEOUT_MS });
  } finally {
    closeSync(stdin);
  }
}

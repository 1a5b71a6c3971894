import type { Family } from '../../model/ip.ts';
import type { Difference } from '../difference.ts';

/** A route as `kernel/local-routes.ts` has it. */
interface Route {
  readonly cidr: string;
  readonly source: string | undefined;
}

/**
 * Routes that are not in the kernel as they are desired.
 * @param kernel those that were found to be ours
 * @returns by CIDR
 */
export function routeDifferences(family: Family, kernel: readonly Route[], desired: readonly Route[]): Difference[] {
  const [found, wanted] = [kernel, desired].map(
    routes => new Map(routes.map(route => [route.cidr, sourceText(route)])),
  ) as [Map<string, string>, Map<string, string>];
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .toSorted()
    .filter(cidr => found.get(cidr) !== wanted.get(cidr))
    .map(cidr => ({
      family,
      kind: 'route',
      in: '',
      name: cidr,
      owner: undefined,
      kernel: found.get(cidr),
      desired: wanted.get(cidr),
    }));
}

const sourceText = ({ source }: Route): string => (source === undefined ? '' : `src ${source}`);

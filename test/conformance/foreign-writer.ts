// What another program might do to the proxy's tables: steps for scenarios about repair. Only names that kube-proxy itself uses are known
// here: the table, and the base chains of mode nftables.

import { tamper } from './builders.ts';
import type { Step } from './builders.ts';

/** Runs nft on the node. */
export const nft = (...commands: string[]): Step => tamper(commands.map(command => `nft '${command}'`).join(' && '));

const DELETE_ELEMENTS = `
  const { execFileSync } = require('node:child_process');
  const [family, table, text] = process.argv.slice(1);
  const { nftables } = JSON.parse(execFileSync('nft', ['-j', 'list', 'table', family, table], { maxBuffer: 1 << 28 }));
  const deletes = [];
  for (const object of nftables) {
    const { name, elem = [] } = object.map ?? object.set ?? {};
    const keys = elem.map(one => (Array.isArray(one) ? one[0] : one)).map(key => key.elem?.val ?? key);
    const found = keys.filter(key => JSON.stringify(key).includes(text));
    if (found.length) deletes.push({ delete: { element: { family, table, name, elem: found } } });
  }
  if (!deletes.length) throw new Error('no element has ' + text);
  execFileSync('sh', ['-c', 'nft -j "$0"', JSON.stringify({ nftables: deletes })], { stdio: 'inherit' });
`;

/** Deletes every element of the proxy's table whose key has this text, in one transaction. */
export const deleteElements = (text: string, family: 'ip' | 'ip6' = 'ip'): Step =>
  tamper(
    `'${process.execPath}' -e "$(cat <<'END-OF-PROGRAM'\n${DELETE_ELEMENTS}\nEND-OF-PROGRAM\n)" ${family} kube-proxy '${text}'`,
  );

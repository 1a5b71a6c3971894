import { elementsOf, rulesOf, sizeOf, TABLES } from '../kernel-table.ts';
import { ADDRESSES, WEB } from '../services.ts';
import type { Tour } from '../tour.ts';

const ENDPOINTS = ['10.244.1.10 . 8080', '10.244.2.10 . 8080', '10.244.2.11 . 8080'];

/** The part of the kernel's tables that serves `web`. */
export async function showTable({ world, narrator }: Tour): Promise<void> {
  narrator.step('7. What the kernel holds for web', 'A Service is a few elements of maps that all Services share, and no rule of its own.');
  const key = `${WEB.ip} . tcp . ${WEB.port}`;
  const show = async (map: string, has: string): Promise<string[]> => {
    const shown = (await elementsOf(world, 'map', map)).filter(element => element.includes(has));
    narrator.tell(`nft list map ip kube-proxy ${map}`);
    for (const element of shown) narrator.tell(`    ${element}`);
    return shown;
  };
  const services = await show('services', key);
  const endpoints = await show('endpoints-tcp', ` ${WEB.ip} . ${WEB.port} `);
  const nodePorts = await show('nodeports', `tcp . ${WEB.nodePort} `);
  await show('nodeport-endpoints-tcp', ` ${WEB.nodePort} `);
  const [, chain] = /goto (\S+)/.exec(services[0] ?? '') ?? [];
  if (chain !== undefined) {
    narrator.tell(`nft list chain ip kube-proxy ${chain}, for every Service like it (the second rule is for a packet that meets a change)`);
    for (const rule of await rulesOf(world, chain)) narrator.tell(`    ${rule}`);
  }
  const one = services.length === 1 && nodePorts.length === 1 ? undefined : 'there should be one of each';
  narrator.check(`one element for ${ADDRESSES.webClusterIP}, one for port ${WEB.nodePort} of the node`, one);
  const missing = ENDPOINTS.filter(endpoint => !endpoints.some(element => element.endsWith(` : ${endpoint}`)));
  const wrong = missing.length || endpoints.length !== ENDPOINTS.length ? `these were expected: ${ENDPOINTS.join(', ')}` : undefined;
  narrator.check(`one element for each of its ${ENDPOINTS.length} endpoints`, wrong);
  for (const table of TABLES) {
    const { elements, sets, rules, chains } = await sizeOf(world, table);
    narrator.tell(`table ${table}: ${elements} elements in ${sets} sets and maps; ${rules} rules in ${chains} chains`);
  }
}

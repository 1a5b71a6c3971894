import { elementsOf, rulesOf, sizeOf, TABLES } from '../kernel-table.ts';
import type { Narrator } from '../narrator.ts';
import { WEB, WEB_PODS } from '../services.ts';
import type { Tour } from '../tour.ts';
import type { World } from '../../conformance/lib/world.ts';

/** The part of the kernel's tables that serves `web`. */
export async function showTable({ world, narrator }: Tour): Promise<void> {
  const what = 'A Service is a few elements of maps that all Services share; it has no rules of its own.';
  narrator.step('7. What the kernel holds for web', what);
  const services = await show(world, narrator, 'services', `${WEB.ip} . tcp . ${WEB.port} `);
  const endpoints = await show(world, narrator, 'endpoints-tcp', ` ${WEB.ip} . ${WEB.port} `);
  const nodePorts = await show(world, narrator, 'nodeports', `tcp . ${WEB.nodePort} `);
  const nodePortEndpoints = await show(world, narrator, 'nodeport-endpoints-tcp', ` . ${WEB.nodePort} `);
  const [, chain] = /goto (\S+)/.exec(services[0] ?? '') ?? [];
  if (chain !== undefined) {
    narrator.tell(`nft list chain ip kube-proxy ${chain}   (shared by all Services of this kind)`);
    for (const rule of await rulesOf(world, chain)) narrator.tell(`    ${rule}`);
  }
  const isOne = services.length === 1 && nodePorts.length === 1;
  narrator.check('one element for its ClusterIP, one for its NodePort', isOne ? undefined : 'that is not so');
  const isRight = [endpoints, nodePortEndpoints].every(isForWebPods);
  const expected = `these were expected: ${WEB_PODS.join(', ')}`;
  narrator.check(
    `behind each of the two, one element for each of its ${WEB_PODS.length} endpoints`,
    isRight ? undefined : expected,
  );
  for (const table of TABLES) {
    const { elements, sets, rules, chains } = await sizeOf(world, table);
    narrator.tell(`table ${table}: ${elements} elements in ${sets} sets and maps, ${rules} rules in ${chains} chains`);
  }
}

/** Shows the elements of a map that contain this text, and returns them. */
async function show(world: World, narrator: Narrator, map: string, text: string): Promise<string[]> {
  const shown = (await elementsOf(world, map)).filter(element => element.includes(text));
  narrator.tell(`nft list map ip kube-proxy ${map}`);
  for (const element of shown) narrator.tell(`    ${element}`);
  return shown;
}

const isForWebPods = (elements: readonly string[]): boolean =>
  elements.length === WEB_PODS.length && WEB_PODS.every(pod => elements.some(element => element.endsWith(` : ${pod}`)));

import { seconds } from '../narrator.ts';
import type { Tour } from '../tour.ts';

/** Makes the network and starts the program. */
export async function start({ stage, world, narrator }: Tour): Promise<void> {
  narrator.step(
    '1. A node, and sluice on it',
    'Every machine is a network namespace; kernel, program and packets are real.',
  );
  const began = performance.now();
  await stage.raise();
  const made = performance.now();
  narrator.tell('node    the node, with the pods pod-a and pod-b on it');
  narrator.tell('peer    another node, with the pods remote-a and remote-b');
  narrator.tell('client  a machine outside of the cluster');
  narrator.check(`network and API server double are there after ${seconds(made - began)}`);
  world.proxy.start();
  await world.ready();
  narrator.check(`dist/sluice is at work ${seconds(performance.now() - made)} after its start`);
}

// Hands connections from a port of the network namespace that it runs in on to a Unix socket, which all namespaces share.
//
//   node relay.ts <port> <socket>

import net from 'node:net';

const [port, path = ''] = process.argv.slice(2);

net
  .createServer(incoming => {
    const outgoing = net.connect(path);
    incoming.pipe(outgoing).pipe(incoming);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  })
  .listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));

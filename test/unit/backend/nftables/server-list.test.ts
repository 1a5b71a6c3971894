import { expect, test } from 'vitest';
import { NO_SERVERS, ServerList } from '../../../../src/backend/nftables/server-list.ts';

const server = (address: string, port: number) => ({ address, port, isLocal: false });
const all = (list: ServerList): string[] => Array.from({ length: list.length }, (_, i) => list.at(i));

test('servers with one port', () => {
  const servers = [server('10.244.1.2', 8080), server('fd00::2', 8080)];
  expect(all(new ServerList(servers))).toEqual(['10.244.1.2 . 8080', 'fd00::2 . 8080']);
});

test('servers with a port each', () => {
  const servers = [server('10.244.1.2', 8080), server('10.244.1.2', 8081), server('10.244.1.3', 8080)];
  expect(all(new ServerList(servers))).toEqual(['10.244.1.2 . 8080', '10.244.1.2 . 8081', '10.244.1.3 . 8080']);
});

test('no servers', () => {
  expect(NO_SERVERS.length).toBe(0);
});

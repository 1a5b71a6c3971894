import { expect, it } from 'vitest';
import { nodeName } from '../../../src/config/node-name.ts';

it.each([
  ['', 'Host-A.example', 'host-a.example'],
  [' NODE-B ', 'host-a', 'node-b'],
  ['', ' host-a\n', 'host-a'],
])('override %j on host %j', (override, host, expected) => {
  expect(nodeName(override, host)).toBe(expected);
});

it.each([
  ['  ', 'host-a'],
  ['', ' '],
])('override %j on host %j is an error', (override, host) => {
  expect(() => nodeName(override, host)).toThrow('hostnameOverride');
});

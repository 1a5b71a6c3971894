import { describe, expect, it } from 'vitest';
import { isPortNumber, parseProtocol, validPortsOf } from '../../../src/model/port-spec.ts';
import { servicePortSpec } from '../../support/builders.ts';

it.each([
  { port: 1, is: true },
  { port: 65_535, is: true },
  { port: 0, is: false },
  { port: -1, is: false },
  { port: 65_536, is: false },
  { port: 80.5, is: false },
  { port: Number.NaN, is: false },
])('isPortNumber($port) is $is', ({ port, is }) => {
  expect(isPortNumber(port)).toBe(is);
});

it.each([
  ['TCP', 'TCP'],
  ['UDP', 'UDP'],
  ['SCTP', 'SCTP'],
  ['', 'TCP'],
  ['tcp', undefined],
  ['ICMP', undefined],
])('parseProtocol(%j) is %j', (text, protocol) => {
  expect(parseProtocol(text)).toBe(protocol);
});

describe('validPortsOf', () => {
  const [http, https] = [servicePortSpec({ name: 'http' }), servicePortSpec({ name: 'https', port: 443 })];
  const inEachProtocol = ['TCP', 'UDP', 'SCTP'].map(protocol => servicePortSpec({ protocol, nodePort: 30_080 }));

  it.each([
    { name: 'all are right', specs: [http, https], valid: [http, https], reported: [] },
    { name: 'the default protocol', specs: [{ ...http, protocol: '' }], valid: [http], reported: [] },
    {
      name: 'an unknown protocol',
      specs: [{ ...http, protocol: 'ICMP' }, https],
      valid: [https],
      reported: ['spec.ports[0].protocol'],
    },
    { name: 'no port number', specs: [http, { ...https, port: 0 }], valid: [http], reported: ['spec.ports[1].port'] },
    { name: 'too large a number', specs: [{ ...http, port: 70_000 }], valid: [], reported: ['spec.ports[0].port'] },
    {
      name: 'a wrong node port costs only the node port',
      specs: [{ ...http, nodePort: 70_000 }],
      valid: [http],
      reported: ['spec.ports[0].nodePort'],
    },
    {
      name: 'one number twice',
      specs: [http, { ...https, port: 80 }],
      valid: [http],
      reported: ['spec.ports[1].port'],
    },
    {
      name: 'one name twice',
      specs: [http, { ...https, name: 'http' }],
      valid: [http],
      reported: ['spec.ports[1].name'],
    },
    {
      name: 'one node port twice',
      specs: [
        { ...http, nodePort: 30_080 },
        { ...https, nodePort: 30_080 },
      ],
      valid: [{ ...http, nodePort: 30_080 }, https],
      reported: ['spec.ports[1].nodePort'],
    },
    {
      name: 'one number, name and node port for each protocol',
      specs: inEachProtocol,
      valid: inEachProtocol,
      reported: [],
    },
  ])('$name', ({ specs, valid, reported }) => {
    const fields: string[] = [];
    expect(validPortsOf(specs, field => fields.push(field))).toEqual(valid);
    expect(fields).toEqual(reported);
  });
});

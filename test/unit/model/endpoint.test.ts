import { describe, expect, it } from 'vitest';
import { formatEndpoint, isFallback } from '../../../src/model/endpoint.ts';
import { DRAINING, endpoint, NOT_READY, SERVING, STOPPED } from '../../support/builders.ts';

describe('formatEndpoint', () => {
  it('brackets IPv6 only', () => {
    expect(formatEndpoint({ address: '10.244.1.10', port: 8080 })).toBe('10.244.1.10:8080');
    expect(formatEndpoint({ address: 'fd00::10', port: 8080 })).toBe('[fd00::10]:8080');
  });
});

describe('isFallback', () => {
  it.each([
    { name: 'draining', conditions: DRAINING, is: true },
    { name: 'ready', conditions: {}, is: false },
    { name: 'ready although it terminates', conditions: { ...DRAINING, ready: true }, is: false },
    { name: 'serving, but not terminating', conditions: SERVING, is: false },
    { name: 'stopped', conditions: STOPPED, is: false },
    { name: 'not ready', conditions: NOT_READY, is: false },
  ])('$name: $is', ({ conditions, is }) => {
    expect(isFallback(endpoint(conditions))).toBe(is);
  });
});

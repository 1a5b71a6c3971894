import { describe, expect, it } from 'vitest';
import { OTHER, valueText } from '../../../../src/backend/nftables/element-bytes.ts';
import { containersOf } from '../../../../src/backend/nftables/schema.ts';

describe('verdicts', () => {
  const services = containersOf('ipv4').find(({ name }) => name === 'services')!;
  const cases = [
    { code: 0, chain: '', text: 'drop' },
    { code: 1, chain: '', text: 'accept' },
    { code: -3, chain: 'x', text: 'jump x' },
    { code: -4, chain: 'x', text: 'goto x' },
    { code: -5, chain: '', text: 'return' },
    { code: -1, chain: '', text: OTHER },
  ];
  it.each(cases)('$code: $text', ({ text, ...verdict }) => expect(valueText('ipv4', services, verdict)).toBe(text));
});

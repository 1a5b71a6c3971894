import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/config/duration.ts';

describe('parseDuration', () => {
  // Of Go's own tests (time, TestParseDuration).
  const right: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['-0', 0],
    ['5s', 5000],
    ['30s', 30_000],
    ['1478s', 1_478_000],
    ['-5s', -5000],
    ['+5s', 5000],
    ['5.0s', 5000],
    ['5.6s', 5600],
    ['5.s', 5000],
    ['.5s', 500],
    ['1.004s', 1004],
    ['100.00100s', 100_001],
    ['10ns', 1e-5],
    ['11us', 0.011],
    ['12\u00b5s', 0.012],
    ['12\u03bcs', 0.012],
    ['13ms', 13],
    ['15m', 900_000],
    ['1h0m0s', 3_600_000],
    ['3h30m', 12_600_000],
    ['10.5s4m', 250_500],
    ['-2m3.4s', -123_400],
    ['1h2m3s4ms5us6ns', 3_723_004.005_006],
    ['90500ms', 90_500],
    ['0.3333333333333333333h', 1_200_000 - 1e-6],
    ['2562047h47m16.854775807s', 9_223_372_036_854.775],
  ];
  it.each(right)('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  const wrong = [
    '',
    '3',
    '15',
    '-',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '1d',
    '1S',
    'soon',
    '1h 30m',
    ' 5s',
    '5s ',
    '--5s',
    '1e3s',
  ];
  it.each([...wrong, '1.5', '0x5s', '2562047h47m16.854775808s'])('%j is none', text => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  // Of Go's own tests (time, TestDurationString), and those that kube-proxy prints.
  const texts: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [1e-6, '1ns'],
    [1.1e-3, '1.1\u00b5s'],
    [2.2, '2.2ms'],
    [100, '100ms'],
    [3300, '3.3s'],
    [1500, '1.5s'],
    [7000, '7s'],
    [245_000, '4m5s'],
    [245_001, '4m5.001s'],
    [60_500, '1m0.5s'],
    [900_000, '15m0s'],
    [3_600_000, '1h0m0s'],
    [86_400_000, '24h0m0s'],
    [18_367_001, '5h6m7.001s'],
    [999.999_999_9, '1s'],
    [-5000, '-5s'],
    [9_223_372_036_854, '2562047h47m16.854s'],
  ];
  it.each(texts)('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is undone by parseDuration, to the nanosecond', () => {
    assert(
      property(integer({ min: -(2 ** 50), max: 2 ** 50 }), nanoseconds => {
        expect(Math.round((parseDuration(formatDuration(nanoseconds / 1e6)) ?? Number.NaN) * 1e6)).toBe(nanoseconds);
      }),
    );
  });
});

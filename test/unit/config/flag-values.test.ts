import { describe, expect, it } from 'vitest';
import { FlagValueError, parseFlag, type FlagKind } from '../../../src/config/flag-values.ts';

describe('parseFlag', () => {
  const right: readonly (readonly [FlagKind, readonly string[], unknown])[] = [
    ['string', ['a', 'b'], 'b'],
    ['string', [''], ''],
    ['boolean', ['true'], true],
    ['boolean', ['T'], true],
    ['boolean', ['1'], true],
    ['boolean', ['true', 'FALSE'], false],
    ['boolean', ['0'], false],
    ['int32', ['-2147483648'], -2_147_483_648],
    ['int32', ['1', '+2'], 2],
    ['float', ['5'], 5],
    ['float', ['.5'], 0.5],
    ['float', ['1e2'], 100],
    ['duration', ['1h', '1m30s'], 90_000],
    ['duration', ['-1s'], -1000],
    ['list', ['a,b', 'c'], ['a', 'b', 'c']],
    ['list', [''], []],
    ['list', ['a,'], ['a', '']],
    ['list', [], []],
    ['gates', ['A=true, B = false', 'A=false'], { A: false, B: false }],
    ['gates', [''], {}],
    ['verbosity', ['10'], 10],
    [
      'vmodule',
      ['a=1', 'b=2,c/*=3'],
      [
        { filePattern: 'b', verbosity: 2 },
        { filePattern: 'c/*', verbosity: 3 },
      ],
    ],
  ];
  it.each(right)('%s %j', (kind, texts, value) => {
    expect(parseFlag(kind, texts)).toEqual(value);
  });

  const wrong: readonly (readonly [FlagKind, readonly string[]])[] = [
    ['boolean', ['yes']],
    ['boolean', ['']],
    ['boolean', ['maybe', 'true']],
    ['int32', ['']],
    ['int32', ['1.5']],
    ['int32', ['2147483648']],
    ['int32', ['0x10']],
    ['float', ['fast']],
    ['float', ['Infinity']],
    ['duration', ['15']],
    ['duration', ['soon', '1s']],
    ['gates', ['A=maybe']],
    ['gates', ['A']],
    ['gates', ['=true']],
    ['verbosity', ['-1']],
    ['vmodule', ['a']],
    ['vmodule', ['a=b']],
    ['string', []],
  ];
  it.each(wrong)('%s %j is an error', (kind, texts) => {
    expect(() => parseFlag(kind, texts)).toThrow(FlagValueError);
  });
});

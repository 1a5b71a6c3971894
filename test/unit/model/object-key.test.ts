import { expect, it } from 'vitest';
import { objectKey } from '../../../src/model/object-key.ts';
import { service } from '../../support/builders.ts';

it('is namespace/name', () => {
  expect(objectKey(service({ namespace: 'shop', name: 'web' }))).toBe('shop/web');
});

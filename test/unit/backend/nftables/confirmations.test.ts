import { expect, it } from 'vitest';
import { Confirmations } from '../../../../src/backend/nftables/confirmations.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const options = rulesetOptions();

it.each([
  ['goes back to what it had where the kernel has nothing', new Set<Family>(['ipv4']), '10.244.1.2 . 8080'],
  ['has what is wanted where the kernel was found to have that', new Set<Family>(), undefined],
])('an owner whose change is refused %s', (_, empty, server) => {
  const table = new DesiredTable(options);
  const confirmations = new Confirmations(new Map([['ipv4', table]]));
  const stage = (endpoint: string): FamilyUnit => {
    const change = table.setService('d/web', servicePlan('d/web', { family: 'ipv4', endpoints: [endpoint] }));
    confirmations.note('ipv4', change);
    return { family: 'ipv4', owner: 'd/web', adds: [...table.ledger.entries()], deletes: [] };
  };
  stage('10.244.1.2:8080');
  confirmations.settle();
  const unit = stage('10.244.1.3:8080');
  confirmations.confirmAllBut([], empty);
  confirmations.fallBack(new Map([[unit, new Error('refused')]]), []);
  const endpoints = [...table.ledger.entries()].filter(({ container }) => container === 'endpoints-tcp');
  expect(endpoints.map(({ value }) => value)).toEqual(server === undefined ? [] : [server]);
  expect(confirmations.takeRefusals().map(({ owner }) => owner)).toEqual(['d/web']);
});

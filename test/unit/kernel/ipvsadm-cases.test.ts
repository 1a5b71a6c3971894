import { describe, expect, it } from 'vitest';
import { FakeIpvs } from '../../fakes/fake-ipvs.ts';
import { FakeIpvsadm } from '../../fakes/fake-ipvsadm.ts';
import { IPVSADM_CASES } from '../../support/ipvsadm-cases.ts';

/** The real one runs the same cases: test/vm/ipvsadm.test.ts. */
describe('what stands for ipvsadm behaves as it does', () => {
  it.for(IPVSADM_CASES)('$name', async ({ lines, saved }) => {
    const ipvsadm = new FakeIpvsadm(new FakeIpvs({}, new Set(['nosuch'])));
    const answers = await ipvsadm.execute(lines.map(([line]) => line));
    for (const [i, [line, message, fatal]] of lines.entries()) {
      expect({ line, ...answers[i] }).toEqual({
        line,
        message: message instanceof RegExp ? expect.stringMatching(message) : message,
        isFatal: fatal !== undefined,
      });
    }
    expect((await ipvsadm.save()).split('\n').filter(Boolean).toSorted()).toEqual(saved.toSorted());
  });
});

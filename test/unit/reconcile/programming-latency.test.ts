import { describe, expect, it } from 'vitest';
import { ProgrammingLatency } from '../../../src/reconcile/programming-latency.ts';

const START = 1_000_000;

describe('ProgrammingLatency', () => {
  it('is from the trigger of each slice until the kernel has it, in seconds', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.note('d/a', 'ipv6', START + 1500);
    latency.note('d/b', 'ipv4', START + 1);
    latency.begin();
    expect(latency.succeed(START + 2500)).toEqual([
      { family: 'ipv4', seconds: 1.5 },
      { family: 'ipv6', seconds: 1 },
      { family: 'ipv4', seconds: 2.499 },
    ]);
  });

  it('tells each once', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.begin();
    expect(latency.succeed(START + 2000)).toHaveLength(1);
    latency.begin();
    expect(latency.succeed(START + 3000)).toEqual([]);
  });

  it.each([
    { when: 'long before the start', triggerTimeMs: 0 },
    { when: 'at the start', triggerTimeMs: START },
  ])('does not know what happened $when', ({ triggerTimeMs }) => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', triggerTimeMs);
    latency.begin();
    expect(latency.succeed(START + 1000)).toEqual([]);
  });

  it('leaves what comes while the kernel is written for the next time', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.begin();
    latency.note('d/a', 'ipv4', START + 1200);
    expect(latency.succeed(START + 2000)).toEqual([{ family: 'ipv4', seconds: 1 }]);
    latency.begin();
    expect(latency.succeed(START + 2200)).toEqual([{ family: 'ipv4', seconds: 1 }]);
  });

  it('goes on counting through runs that fail', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.begin();
    latency.note('d/b', 'ipv4', START + 3000);
    latency.begin();
    expect(latency.succeed(START + 4000)).toEqual([
      { family: 'ipv4', seconds: 3 },
      { family: 'ipv4', seconds: 1 },
    ]);
  });

  it('forgets what a slice told that is gone, of that Service and family alone', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.note('d/b', 'ipv6', START + 1000);
    latency.forget('d/a', 'ipv4');
    latency.forget('d/b', 'ipv4');
    latency.forget('d/unknown', 'ipv4');
    latency.begin();
    expect(latency.succeed(START + 2000)).toEqual([{ family: 'ipv6', seconds: 1 }]);
  });

  it('does not forget what is being programmed', () => {
    const latency = new ProgrammingLatency(START);
    latency.note('d/a', 'ipv4', START + 1000);
    latency.begin();
    latency.forget('d/a', 'ipv4');
    expect(latency.succeed(START + 2000)).toHaveLength(1);
  });
});

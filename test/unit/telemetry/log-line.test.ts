import { describe, expect, it } from 'vitest';
import { formatLogLine } from '../../../src/telemetry/log-line.ts';

const ts = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();
const HEADER = '0102 03:04:05.067000      42';

const cases = [
  {
    name: 'a message with fields',
    record: { level: 'info', v: 0, ts, component: 'reconcile', services: 3, ok: true, msg: 'Programmed' },
    line: `I${HEADER} reconcile] "Programmed" services=3 ok=true\n`,
  },
  { name: 'no component', record: { level: 'info', ts, msg: 'Hello' }, line: `I${HEADER} sluice] "Hello"\n` },
  { name: 'no message', record: { level: 'debug', ts, port: 1 }, line: `I${HEADER} sluice] "" port=1\n` },
  { name: 'a warning', record: { level: 'warn', ts, msg: 'a' }, line: `W${HEADER} sluice] "a"\n` },
  { name: 'an error', record: { level: 'error', ts, err: 'x', msg: 'a' }, line: `E${HEADER} sluice] "a" err="x"\n` },
  { name: 'a fatal error', record: { level: 'fatal', ts, msg: 'a' }, line: `F${HEADER} sluice] "a"\n` },
  {
    name: 'line ends and quotes stay within one line',
    record: { level: 'info', ts, err: 'one\ntwo "three"', nested: { a: ['b'] }, msg: 'x\ny' },
    line: `I${HEADER} sluice] "x\\ny" err="one\\ntwo \\"three\\"" nested={"a":["b"]}\n`,
  },
];

describe('formatLogLine', () => {
  it.each(cases)('$name', ({ record, line }) => {
    expect(formatLogLine(`${JSON.stringify(record)}\n`, 42)).toBe(line);
  });

  it('hands over what is no JSON as it is', () => {
    expect(formatLogLine('not JSON\n', 42)).toBe('not JSON\n');
  });

  it('is read by the usual parser of klog lines', () => {
    const line = formatLogLine(JSON.stringify({ level: 'info', ts, component: 'kube', msg: 'Hello' }), 7);
    const klog =
      /^(?<severity>[IWEF])(?<time>\d{4} \d\d:\d\d:\d\d\.\d{6}) +(?<pid>\d+) (?<source>[^ \]]+)\] (?<rest>.*)$/m;
    expect(klog.exec(line)?.groups).toMatchObject({ severity: 'I', pid: '7', source: 'kube', rest: '"Hello"' });
  });
});

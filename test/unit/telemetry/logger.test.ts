import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/telemetry/logger.ts';
import type { LogControl, LoggerOptions } from '../../../src/telemetry/logger.ts';

/** A logger whose lines are kept, as parsed JSON. */
function setup(options: Partial<LoggerOptions> = {}): LogControl & { lines: string[]; records: () => unknown[] } {
  const lines: string[] = [];
  const control = createLogger({ format: 'json', verbosity: 0, write: line => void lines.push(line), ...options });
  return { ...control, lines, records: () => lines.map(line => JSON.parse(line) as unknown) };
}

/** Which of a message of each level gets through. */
function shown(control: LogControl, component?: string): string {
  const logger = component === undefined ? control.logger : control.logger.child({ component });
  const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
  return levels.filter(level => logger.isLevelEnabled(level)).join(' ');
}

const ALL = 'trace debug info warn error';
const DEBUG = 'debug info warn error';
const INFO = 'info warn error';

describe('createLogger', () => {
  it.each([
    { verbosity: 0, levels: INFO },
    { verbosity: 3, levels: INFO },
    { verbosity: 4, levels: DEBUG },
    { verbosity: 5, levels: DEBUG },
    { verbosity: 6, levels: ALL },
    { verbosity: 10, levels: ALL },
  ])('shows $levels with verbosity $verbosity', ({ verbosity, levels }) => {
    expect(shown(setup({ verbosity }))).toBe(levels);
    expect(shown(setup({ verbosity }), 'kube')).toBe(levels);
  });

  it.each([
    { name: 'the component itself', filePattern: 'kube', component: 'kube', levels: DEBUG },
    { name: 'another component', filePattern: 'kube', component: 'kubelet', levels: INFO },
    { name: 'part of a name is not enough', filePattern: 'kube', component: 'my-kube', levels: INFO },
    { name: 'any text', filePattern: 'ku*', component: 'kubelet', levels: DEBUG },
    { name: 'any character', filePattern: 'kub?', component: 'kube', levels: DEBUG },
    { name: 'a dot is a dot', filePattern: 'k.be', component: 'kube', levels: INFO },
  ])('vmodule: $name', ({ filePattern, component, levels }) => {
    expect(shown(setup({ vmodule: [{ filePattern, verbosity: 4 }] }), component)).toBe(levels);
  });

  it('takes the first vmodule that matches', () => {
    const vmodule = [
      { filePattern: 'kube', verbosity: 6 },
      { filePattern: '*', verbosity: 4 },
    ];
    expect(shown(setup({ vmodule }), 'kube')).toBe(ALL);
    expect(shown(setup({ vmodule }), 'plan')).toBe(DEBUG);
  });

  it('changes what vmodule says, at run time', () => {
    const control = setup({ vmodule: [{ filePattern: 'plan', verbosity: 6 }] });
    const plan = control.logger.child({ component: 'plan' });
    const kube = control.logger.child({ component: 'kube' });
    control.setModules([{ filePattern: 'kube', verbosity: 4 }]);
    expect([control.logger, plan, kube].map(logger => logger.level)).toEqual(['info', 'info', 'debug']);
    expect(control.logger.child({ component: 'kube' }).level).toBe('debug');
  });

  it('changes the verbosity of all loggers that are in use, at run time', () => {
    const control = setup({ vmodule: [{ filePattern: 'plan', verbosity: 6 }] });
    const kube = control.logger.child({ component: 'kube' });
    const deep = kube.child({ resource: 'services' });
    const plan = control.logger.child({ component: 'plan' });
    control.setVerbosity(4);
    expect([control.logger, kube, deep, plan].map(logger => logger.level)).toEqual([
      'debug',
      'debug',
      'debug',
      'trace',
    ]);
    control.setVerbosity(0);
    expect([control.logger, kube, deep, plan].map(logger => logger.level)).toEqual(['info', 'info', 'info', 'trace']);
    deep.debug('hidden');
    deep.info('seen');
    expect(control.records()).toMatchObject([{ component: 'kube', resource: 'services', msg: 'seen' }]);
  });

  it('writes JSON lines with the fields of Kubernetes', () => {
    const control = setup({ verbosity: 6 });
    const before = Date.now();
    control.logger.child({ component: 'kube' }).info({ services: 3 }, 'Programmed');
    control.logger.debug('d');
    control.logger.trace('t');
    control.logger.warn('w');
    const records = control.records();
    expect(records).toEqual([
      { level: 'info', v: 0, ts: expect.any(Number), component: 'kube', services: 3, msg: 'Programmed' },
      { level: 'debug', v: 4, ts: expect.any(Number), msg: 'd' },
      { level: 'trace', v: 6, ts: expect.any(Number), msg: 't' },
      { level: 'warn', ts: expect.any(Number), msg: 'w' },
    ]);
    const ts = Number(/"ts":(\d+)/.exec(control.lines[0] ?? '')?.[1]);
    expect(ts).toBeGreaterThanOrEqual(before);
    expect(ts).toBeLessThanOrEqual(Date.now());
  });

  it('writes an error as its messages, and with verbosity 4 as its stacks', () => {
    const err = new Error('cannot apply', { cause: new Error('nft is missing') });
    const control = setup();
    control.logger.error({ err }, 'Failed');
    control.logger.error(err);
    control.logger.error({ err: 'just text' }, 'Failed');
    expect(control.records()).toMatchObject([
      { err: 'cannot apply: nft is missing', msg: 'Failed' },
      { err: 'cannot apply: nft is missing', msg: 'cannot apply' },
      { err: 'just text' },
    ]);
    control.setVerbosity(4);
    control.logger.error({ err }, 'Failed');
    expect(control.lines[3]).toContain('logger.test.ts');
  });

  it('writes text in one line', () => {
    const control = setup({ format: 'text' });
    control.logger.child({ component: 'kube' }).error({ err: new Error('a\nb') }, 'Failed');
    expect(control.lines).toEqual([expect.stringMatching(/^E\d{4} [\d:.]+ +\d+ kube\] "Failed" err="a\\nb"\n$/)]);
  });

  it.each([
    { format: 'text', line: /^I.*\] "last words"$/ },
    { format: 'json', line: /^\{"level":"info",.*"msg":"last words"\}$/ },
  ])('writes $format to standard error at once, even if the process dies then', ({ format, line }) => {
    const module = new URL('../../../src/telemetry/logger.ts', import.meta.url).href;
    const script = `import { createLogger } from ${JSON.stringify(module)};
      const { logger } = createLogger({ format: '${format}', verbosity: 0 });
      for (let n = 0; n < 1000; n++) logger.info('last words');
      process.kill(process.pid, 'SIGKILL');`;
    const args = ['--input-type=module', '-e', script];
    const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ stdout, signal }).toEqual({ stdout: '', signal: 'SIGKILL' });
    const lines = stderr.split('\n').slice(0, -1);
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toMatch(line);
  });
});

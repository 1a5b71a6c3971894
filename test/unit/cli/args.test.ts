import { describe, expect, it } from 'vitest';
import { errorStatus, parseArgs, type Invocation } from '../../../src/cli/args.ts';
import { FLAGS } from '../../../src/cli/flags.ts';
import { COMMANDS, helpText, UsageError } from '../../../src/cli/program.ts';
import { CONFIGURATION_FLAGS } from '../../../src/config/flags.ts';

/** The flags for the configuration, as one text each, for tables. */
function given(...argv: string[]): Record<string, readonly string[]> {
  const invocation = parseArgs(argv);
  if (!('flags' in invocation)) throw new Error(`${invocation.command} has no flags`);
  return Object.fromEntries(invocation.flags);
}

describe('parseArgs and commands', () => {
  const rows: readonly (readonly [string, Partial<Invocation>])[] = [
    ['', { command: 'run', initOnly: false, configFile: undefined, master: undefined }],
    ['run', { command: 'run' }],
    ['--config=/c --hostname-override=node-a', { command: 'run', configFile: '/c' }],
    ['--config=/c --config /d', { command: 'run', configFile: '/d' }],
    ['--config=/c --config=', { command: 'run', configFile: undefined }],
    ['--master http://x run', { command: 'run', master: 'http://x' }],
    ['--init-only', { command: 'run', initOnly: true }],
    ['--init-only=false', { command: 'run', initOnly: false }],
    ['--cleanup', { command: 'cleanup' }],
    ['cleanup --config=/c', { command: 'cleanup', configFile: '/c' }],
    ['--cleanup=false', { command: 'run' }],
    ['--cleanup --init-only --write-config-to=/w', { command: 'write-config', path: '/w' }],
    ['--cleanup --init-only', { command: 'cleanup' }],
    ['--init-only --write-config-to /w', { command: 'write-config', path: '/w' }],
    [
      'render',
      {
        command: 'render',
        from: [],
        output: 'nft',
        watch: false,
        node: { name: undefined, addresses: [], zone: undefined },
      },
    ],
    ['--dry-run', { command: 'render', from: [], output: 'nft' }],
    ['run --dry-run -o json', { command: 'render', output: 'json' }],
    ['render --watch', { command: 'render', watch: true }],
    [
      'render -f a.yaml -f - --filename=dir -o=plan',
      { command: 'render', from: ['a.yaml', '-', 'dir'], output: 'plan' },
    ],
    ['-f - render', { command: 'render', from: ['-'] }],
    [
      'render --node-name n --node-ip 010.0.0.1,FD00::1 --node-ip ::2 --zone z',
      { command: 'render', node: { name: 'n', addresses: ['10.0.0.1', 'fd00::1', '::2'], zone: 'z' } },
    ],
    ['diff', { command: 'diff', from: [], output: 'nft', node: { name: undefined, addresses: [], zone: undefined } }],
    ['diff -o json -f a.yaml -f dir', { command: 'diff', from: ['a.yaml', 'dir'], output: 'json' }],
    ['diff --config=/c --master http://x', { command: 'diff', configFile: '/c', master: 'http://x' }],
    [
      'explain default/web',
      {
        command: 'explain',
        question: { about: 'service', owner: 'default/web' },
        from: [],
        output: 'text',
        node: { name: undefined, addresses: [], zone: undefined },
      },
    ],
    ['explain host 10.96.0.10:80 -o yaml -f a.yaml', { command: 'explain', output: 'yaml', from: ['a.yaml'] }],
    [
      '--node-name n explain 10.0.0.1 default/web --from-interface eth0 -o json',
      {
        command: 'explain',
        output: 'json',
        question: {
          about: 'packet',
          source: { family: 'ipv4', text: '10.0.0.1' },
          destination: { owner: 'default/web', port: undefined, protocol: undefined },
          interfaceName: 'eth0',
          told: 'default/web',
        },
      },
    ],
    ['version', { command: 'version' }],
    ['--version', { command: 'version' }],
    ['--version=false', { command: 'run' }],
    ['--version --config /does/not/exist --bogus surplus', { command: 'version' }],
    ['--oom-score-adj=much --version', { command: 'version' }],
    ['--help --bogus --config /does/not/exist', { command: 'help' }],
    ['render -h', { command: 'help' }],
    ['help', { command: 'help' }],
    ['help render', { command: 'help' }],
    ['--help --version', { command: 'help' }],
  ];
  it.each(rows)('sluice %s', (line, expected) => {
    expect(parseArgs(line.split(' '))).toMatchObject(expected);
  });
});

describe('parseArgs and flags', () => {
  const rows: readonly (readonly [readonly string[], Record<string, readonly string[]>])[] = [
    [['--oom-score-adj=5'], { 'oom-score-adj': ['5'] }],
    [['--oom-score-adj', '-500'], { 'oom-score-adj': ['-500'] }],
    [['--oom_score_adj=5'], { 'oom-score-adj': ['5'] }],
    [['--masquerade-all'], { 'masquerade-all': ['true'] }],
    [['--masquerade-all=false'], { 'masquerade-all': ['false'] }],
    [['--masquerade-all', '--profiling'], { 'masquerade-all': ['true'], profiling: ['true'] }],
    [['-v', '4'], { v: ['4'] }],
    [['-v=4'], { v: ['4'] }],
    [['-v4'], { v: ['4'] }],
    [['--v=4'], { v: ['4'] }],
    [['--v', '4', '-v=5'], { v: ['4', '5'] }],
    [['--cluster-cidr=a=b'], { 'cluster-cidr': ['a=b'] }],
    [['--cluster-cidr', '--profiling'], { 'cluster-cidr': ['--profiling'] }],
    [['--hostname-override='], { 'hostname-override': [''] }],
    [['--hostname-override', ' A '], { 'hostname-override': [' A '] }],
    [
      ['--nodeport-addresses=10.0.0.0/8,primary', '--nodeport-addresses', 'fd00::/48'],
      { 'nodeport-addresses': ['10.0.0.0/8,primary', 'fd00::/48'] },
    ],
    [['--feature-gates=A=true,B=false'], { 'feature-gates': ['A=true,B=false'] }],
    [['--vmodule=server=3,proxier=2'], { vmodule: ['server=3,proxier=2'] }],
    [['--proxy-port-range=1-2'], { 'proxy-port-range': ['1-2'] }],
    [['render', '--masquerade-all', '--node-name=n'], { 'masquerade-all': ['true'] }],
    [['--config=/c', '--master=x', '--kubeconfig=k', ''], { kubeconfig: ['k'] }],
  ];
  it.each(rows)('%j', (argv, expected) => {
    expect(given(...argv)).toEqual(expected);
  });
});

describe('parseArgs refuses', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['--no-such-flag', "unknown option '--no-such-flag'"],
    ['--no-such-flag=1', "unknown option '--no-such-flag'"],
    ['--masquerade-al', '--masquerade-all'],
    ['-x', "unknown option '-x'"],
    ['-cleanup', "unknown option '-c'"],
    ['--config', '--config'],
    ['-v', '--v'],
    ['--oom-score-adj=much', '--oom-score-adj'],
    ['--masquerade-all=maybe', '--masquerade-all'],
    ['--masquerade-all=maybe --masquerade-all=true', '--masquerade-all'],
    ['--feature-gates=MultiCIDRServiceAllocator=maybe', '--feature-gates'],
    ['--iptables-sync-period=15', '--iptables-sync-period'],
    ['--vmodule=a', '--vmodule'],
    ['--masquerade-all false', 'unknown command "false"'],
    ['surplus', 'unknown command "surplus"'],
    ['run surplus', 'run takes no arguments, but got "surplus"'],
    ['toString', 'unknown command "toString"'],
    ['--cleanup cleanup surplus', 'cleanup takes no arguments'],
    ['render -o iptables', '--output "iptables"'],
    ['render --watch -f a.yaml', '--watch'],
    ['render -f - -f -', '--filename'],
    ['render --node-ip nowhere', '--node-ip "nowhere"'],
    ['explain', 'explain takes SOURCE and DESTINATION'],
    ['explain host 10.96.0.10', 'DESTINATION "10.96.0.10" has no port'],
    ['explain default/web -o nft', '--output "nft" is not one of text, json, yaml'],
    ['explain default/web --watch', '--watch is not for explain'],
    ['explain default/web --cleanup', '--cleanup changes something'],
    ['explain default/web --write-config-to=/w', '--write-config-to changes something'],
    ['explain default/web -f - -f -', '--filename'],
    ['render --from-interface eth0', '--from-interface is for explain only'],
    ['--from-interface=eth0', '--from-interface is for explain only'],
    ['--output=nft', '--output is for render'],
    ['-f a.yaml', '--filename is for render'],
    ['cleanup --zone z', '--zone is for render'],
    ['--dry-run --cleanup', 'a dry run must not'],
    ['--dry-run --init-only', 'a dry run must not'],
    ['cleanup --dry-run', 'a dry run must not'],
    ['render --write-config-to=/w', 'a dry run must not'],
    ['diff --cleanup', 'a dry run must not'],
    ['diff --init-only', 'a dry run must not'],
    ['diff --write-config-to=/w', 'a dry run must not'],
    ['diff --dry-run', 'diff changes nothing in any case'],
    ['diff --watch', '--watch is not for diff'],
    ['diff -o plan', '--output "plan" is not one of nft, json'],
    ['diff -f - -f -', '--filename'],
    ['diff surplus', 'diff takes no arguments'],
  ];
  it.each(rows)('sluice %s', (line, message) => {
    expect(() => parseArgs(line.split(' '))).toThrow(UsageError);
    expect(() => parseArgs(line.split(' '))).toThrow(message);
  });

  it('nothing after --, which ends the flags', () => {
    expect(parseArgs(['--', 'run'])).toMatchObject({ command: 'run' });
    expect(() => parseArgs(['--', '--cleanup'])).toThrow('unknown command "--cleanup"');
  });
});

describe('errorStatus', () => {
  it.each([
    ['', 1],
    ['render', 1],
    ['run diff', 1],
    ['--config diff render', 1],
    ['diff', 2],
    ['--config /c diff', 2],
    ['--nonsense diff', 2],
  ] as const)('of sluice %s: %d', (line, status) => {
    expect(errorStatus(line.split(' '))).toBe(status);
  });
});

describe('helpText', () => {
  const text = helpText();

  it.each(FLAGS.map(({ name, short }) => [short === undefined ? `  --${name} ` : `  -${short}, --${name} `]))(
    'has %s',
    flag => {
      expect(text).toContain(flag);
    },
  );

  it('has every flag of the configuration and every command', () => {
    for (const { name } of CONFIGURATION_FLAGS) expect(text).toMatch(new RegExp(`--${name} `));
    for (const name of Object.keys(COMMANDS)) expect(text).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('is what --help tells', () => {
    expect(parseArgs(['--help'])).toEqual({ command: 'help', text });
  });

  it('no two flags have one name', () => {
    const names = FLAGS.flatMap(({ name, short }) => (short === undefined || short === name ? [name] : [name, short]));
    expect(new Set(names).size).toBe(names.length);
  });
});

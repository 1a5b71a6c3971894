// Files and flags as an operator would write them, for scenarios that need their own instead of the harness's.
// A file is named by a later --config; the last one on a command line counts.

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProxy, startProxy, tamper } from './builders.ts';
import type { Step } from './builders.ts';
import { kubeconfig, proxyConfig } from './lib/config.ts';
import type { Settings } from './lib/config.ts';

export { kubeconfig };

/** The path of a file that belongs to this run. */
export const file = (name: string | number): string => join(tmpdir(), `conformance-${process.pid}-${name}`);

/** Writes a file. */
export const write = (path: string, text: string): Step =>
  tamper(`cat > '${path}' <<'END-OF-FILE'\n${text}\nEND-OF-FILE`);

/**
 * Writes a program that is nft, after what `script` does. One that is to be kept running (`nft -i`) is refused: it would go on as it began,
 * whatever comes then.
 */
export const nftThat = (path: string, script: string): Step =>
  tamper(
    `cat > '${path}' <<'END-OF-FILE' && chmod +x '${path}'\n#!/bin/sh\ncase " $* " in *' -i '*) exit 1 ;; esac\n${script}\nexec nft "$@"\nEND-OF-FILE`,
  );

/** For {@link nftThat}: it fails while a file is there. */
export const failsWhile = (file: string): string => `[ ! -e '${file}' ] || { echo 'broken on purpose' >&2; exit 1; }`;

/** The same for all scenarios, some of which may run at the same time; so none of them removes it. */
const KUBECONFIG = file('kubeconfig');
process.on('exit', () => rmSync(KUBECONFIG, { force: true }));
/** Writes the kubeconfig that `settings` and `flags` name. */
export const access = (): Step => write(KUBECONFIG, kubeconfig());
/** Removes files. */
export const erase = (...paths: string[]): Step => tamper(`rm -f ${paths.map(path => `'${path}'`).join(' ')}`);

/** The text of a configuration that works, but for what is changed in it. */
export const settings = (overrides: Settings = {}): string =>
  proxyConfig({ mode: 'nftables', kubeconfig: KUBECONFIG, overrides });

/** Arguments that replace the harness's configuration file by another. */
export const using = (path: string, ...args: string[]): string[] => ['--config', path, ...args];

/** The proxy must refuse to start with each of these texts, but not with the one they were made from. */
export function refused(name: string, ...texts: string[]): Step[] {
  const path = file(`${name}.yaml`);
  return [
    access(),
    ...texts.flatMap(text => [write(path, text), runProxy(using(path), { exit: 1 })]),
    write(path, settings()),
    startProxy({ args: using(path) }),
    erase(path),
  ];
}

/** Command-line flags that work without a configuration file. */
export const flags = (...more: string[]): string[] => [
  '--config',
  '',
  `--kubeconfig=${KUBECONFIG}`,
  '--kube-api-content-type=application/json',
  '--proxy-mode=nftables',
  '--conntrack-max-per-core=0',
  '--oom-score-adj=0',
  '--iptables-min-sync-period=100ms',
  '--cluster-cidr=10.244.0.0/16,fd00:10:244::/48',
  ...more,
];

const listener = (port: number): string =>
  `require('net').createServer(s => s.destroy()).listen(${port}, '0.0.0.0'); setTimeout(() => process.exit(), 60000)`;

/** Keeps a port of the node busy until it is released, or for a minute. */
export const occupy = (port: number): Step =>
  tamper(`'${process.execPath}' -e "${listener(port)}" >/dev/null 2>&1 & echo $! > '${file(port)}'; sleep 0.7`);
/** Releases it. */
export const release = (port: number): Step => tamper(`kill "$(cat '${file(port)}')" && rm '${file(port)}'`);

// Debian's Prometheus in the network namespace of a test, and its HTTP API.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { sleep } from '../conformance/lib/exec.ts';
import type { Namespace } from '../conformance/lib/hosts.ts';
import type { World } from '../conformance/lib/world.ts';

/** In a namespace of its own, so that nothing else has it. */
const ADDRESS = '127.0.0.1:9090';
const READY_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 10_000;
const PAUSE_MS = 200;

const answerSchema = z.looseObject({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).optional(),
});
const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
});

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  readonly world: World;
  readonly namespace: Namespace;
  /** The program. */
  readonly path: string;
  /** Where it scrapes, and the name that the target gets. */
  readonly target: string;
  readonly instance: string;
  /** The content of a rule file. */
  readonly rules: object;
}

export class Prometheus {
  readonly #options: PrometheusOptions;
  #child: ChildProcess | undefined;
  #directory = '';

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  /** Starts it, and waits until it answers. @throws Error with its log where it does not */
  async start(): Promise<void> {
    const { world, namespace, path, target, instance, rules } = this.#options;
    this.#directory = await mkdtemp(join(tmpdir(), `${world.topology.id}-prometheus-`));
    const file = (name: string): string => join(this.#directory, name);
    await writeFile(file('rules.yaml'), stringify(rules));
    const settings = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [file('rules.yaml')],
      scrape_configs: [{ job_name: 'kube-proxy', static_configs: [{ targets: [target], labels: { instance } }] }],
    };
    await writeFile(file('prometheus.yaml'), stringify(settings));
    const command = [
      path,
      `--config.file=${file('prometheus.yaml')}`,
      `--storage.tsdb.path=${file('data')}`,
      `--web.listen-address=${ADDRESS}`,
    ];
    const log = openSync(file('log'), 'a');
    this.#child = spawn('ip', world.topology.inside(namespace, ...command), { stdio: ['ignore', log, log] });
    closeSync(log);
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const answer = await this.#get('/-/ready');
      if (answer.status === 200) return;
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Prometheus is not ready: ${await readFile(file('log'), 'utf8')}`);
      await sleep(PAUSE_MS);
    }
  }

  /** Ends it, by its process id, and removes what it has written. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    }
    if (this.#directory) await rm(this.#directory, { recursive: true, force: true });
  }

  /** What its HTTP API says. @throws Error where that is no success, or one with warnings */
  async api(path: string): Promise<unknown> {
    const answer = await this.#get(`/api/v1/${path}`);
    if (answer.error !== undefined) throw new Error(`${path}: ${answer.error}`);
    const { data, warnings } = answerSchema.parse(JSON.parse(answer.body), { error: () => `${path}: ${answer.body}` });
    if (warnings?.length) throw new Error(`${path}: ${warnings.join(', ')}`);
    return data;
  }

  /** The samples that a query has now. */
  async query(query: string): Promise<readonly Sample[]> {
    const data = vectorSchema.parse(await this.api(`query?query=${encodeURIComponent(query)}`));
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  #get(path: string) {
    const { world, namespace } = this.#options;
    return world.outpost(namespace).call('httpGet', { url: `http://${ADDRESS}${path}`, timeout: 10_000 });
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface ZPagesOptions {
  /** Value of each flag, by name; undefined: the page is turned off (feature gate ComponentFlagz). */
  readonly flags: ReadonlyMap<string, string> | undefined;
  /** Undefined: the page is turned off (feature gate ComponentStatusz). */
  readonly status: ComponentStatus | undefined;
}

export interface ComponentStatus {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly now: () => number;
  /** Of Kubernetes, whose behaviour this is: `1.36`. */
  readonly version: string;
  /** What stands in the place of Go. */
  readonly runtime: string;
  readonly paths: readonly string[];
}

const COMPONENT = 'kube-proxy';
const WARNING =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';
const VERSIONS: ReadonlySet<string> = new Set(['v1beta1', 'v1alpha1']);

/**
 * Adds /flagz and /statusz (KEP-4828, KEP-4827; on by default since Kubernetes 1.36): text for people, and JSON for who asks for
 * `application/json;v=v1beta1;g=config.k8s.io;as=Flagz` (or `Statusz`).
 */
export function addZPages(app: FastifyInstance, { flags, status }: ZPagesOptions): void {
  if (flags) {
    const lines = [...flags].map(([name, value]) => `${name} ${value}\n`);
    app.all('/flagz', (request, reply) =>
      answer(request, reply, 'Flagz', lines.join(''), { flags: Object.fromEntries(flags) }),
    );
  }
  if (status) {
    const { startMs, now, version, runtime, paths } = status;
    app.all('/statusz', (request, reply) => {
      const seconds = Math.floor((now() - startMs) / 1000);
      return answer(request, reply, 'Statusz', statusText(status, seconds), {
        startTime: new Date(startMs).toISOString().replace(/\.\d+Z$/, 'Z'),
        uptimeSeconds: seconds,
        goVersion: runtime,
        binaryVersion: version,
        emulationVersion: version,
        paths,
      });
    });
  }
}

function statusText({ startMs, version, runtime, paths }: ComponentStatus, seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const uptime = `${Math.floor(seconds / 3600)} hr ${two((seconds / 60) % 60)} min ${two(seconds % 60)} sec`;
  return [
    '',
    `Started  ${unixDate(new Date(startMs))}`,
    `Up  ${uptime}`,
    `Go version  ${runtime}`,
    `Binary version  ${version}`,
    `Emulation version  ${version}`,
    `Paths  ${paths.join(' ')}`,
    '',
  ].join('\n');
}

/** `Sat Nov 28 00:38:41 UTC 2026` */
function unixDate(date: Date): string {
  const [day = '', number = '', month = '', year = '', time = ''] = date.toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${number.replace(/^0/, ' ')} ${time} UTC ${year}`;
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  kind: 'Flagz' | 'Statusz',
  text: string,
  fields: object,
): FastifyReply {
  const wanted = negotiate(request.headers.accept ?? '', kind);
  if (wanted === undefined) return refuse(reply);
  if (wanted === 'text') {
    const page = `\n${COMPONENT} ${kind.toLowerCase()}\n${WARNING}\n${text}`;
    return reply.type('text/plain; charset=utf-8').send(page);
  }
  const body = { kind, apiVersion: `config.k8s.io/${wanted}`, metadata: { name: COMPONENT }, ...fields };
  return sendJson(reply, `application/json;g=config.k8s.io;v=${wanted};as=${kind}`, body);
}

/** @returns `text`, the version of the JSON that is asked for, or undefined where nothing that there is will do. */
function negotiate(accept: string, kind: string): string | undefined {
  if (accept.trim() === '') return 'text';
  for (const range of accept.split(',')) {
    const [type = '', ...rest] = range.split(';').map(part => part.trim());
    if (['text/plain', 'text/*', '*/*'].includes(type)) return 'text';
    const parameters = new Map(rest.map(part => part.split('=') as [string, string]));
    const version = parameters.get('v') ?? '';
    const isOurs = parameters.get('g') === 'config.k8s.io' && parameters.get('as') === kind;
    if (type === 'application/json' && isOurs && VERSIONS.has(version)) return version;
  }
  return undefined;
}

const refuse = (reply: FastifyReply): FastifyReply =>
  sendJson(reply.code(406), 'application/json', {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'only the following media types are accepted: application/json, text/plain',
    reason: 'NotAcceptable',
    code: 406,
  });

/** As bytes: to a string fastify would add a charset. */
const sendJson = (reply: FastifyReply, type: string, body: object): FastifyReply =>
  reply.header('content-type', type).send(Buffer.from(`${JSON.stringify(body, null, 2)}\n`));

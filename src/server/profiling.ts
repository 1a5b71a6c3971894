import type { IncomingMessage } from 'node:http';
import { Session } from 'node:inspector/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { getHeapSnapshot } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import { sendText } from './fastify-app.ts';

const DEFAULT_PROFILE_SECONDS = 30;
const MAX_PROFILE_SECONDS = 300;
const MAX_FLAG_LENGTH = 32;
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

const INDEX = `<!doctype html>
<title>/debug/pprof/</title>
<h1>/debug/pprof/</h1>
<p>Both open in the developer tools of Chrome, and in VS Code.</p>
<ul>
<li><a href="profile?seconds=30">profile</a>: CPU profile (.cpuprofile) over the given number of seconds, ${MAX_PROFILE_SECONDS} at most</li>
<li><a href="heap">heap</a>: heap snapshot (.heapsnapshot), from the node itself only. The program stands still while
it is taken and needs up to twice its memory</li>
</ul>
`;

/**
 * Adds kube-proxy's paths for debugging, filled with what Node has: /debug/pprof/ (an index), /debug/pprof/profile (CPU)
 * and /debug/pprof/heap; PUT /debug/flags/v sets the verbosity of the log.
 *
 * A heap snapshot holds every string of the program, the token for the API server among them, which Go's profile does
 * not: so it is given to callers from the loopback address only.
 */
export function addProfilingRoutes(app: FastifyInstance, setVerbosity: (verbosity: number) => void): void {
  let isProfiling = false;
  app.get('/debug/pprof', (_, reply) => reply.redirect('/debug/pprof/', 301));
  app.get('/debug/pprof/', (_, reply) => reply.type('text/html; charset=utf-8').send(INDEX));
  app.get<{ Querystring: { seconds?: string } }>('/debug/pprof/profile', async (request, reply) => {
    if (isProfiling) return sendText(reply.code(409), 'a CPU profile is being taken already\n');
    isProfiling = true;
    try {
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      const profile = await takeCpuProfile(profileSeconds(request.query.seconds), gone.signal);
      return await reply
        .type('application/octet-stream')
        .header('content-disposition', 'attachment; filename="sluice.cpuprofile"')
        .send(Buffer.from(JSON.stringify(profile)));
    } finally {
      isProfiling = false;
    }
  });
  app.get('/debug/pprof/heap', (request, reply) => {
    if (!LOOPBACK.test(request.ip)) return sendText(reply.code(403), 'heap snapshots are for the node itself only\n');
    return reply
      .type('application/octet-stream')
      .header('content-disposition', 'attachment; filename="sluice.heapsnapshot"')
      .send(getHeapSnapshot());
  });
  app.all('/debug/flags/v', async (request, reply) => {
    if (request.method !== 'PUT') return sendText(reply.code(406), 'unsupported http method\n');
    const value = await readFlag(request.raw);
    if (!/^\d{1,3}$/.test(value)) {
      return sendText(reply.code(400), `failed set klog.logging.verbosity ${value}: not a number\n`);
    }
    setVerbosity(Number(value));
    return sendText(reply, `successfully set klog.logging.verbosity to ${value}\n`);
  });
}

/** As Go's pprof: what is no positive number counts as 30. */
function profileSeconds(text: string | undefined): number {
  const seconds = Number(text);
  return seconds > 0 ? Math.min(seconds, MAX_PROFILE_SECONDS) : DEFAULT_PROFILE_SECONDS;
}

async function takeCpuProfile(seconds: number, signal: AbortSignal): Promise<object> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await delay(seconds * 1000, undefined, { signal });
    return (await session.post('Profiler.stop')).profile;
  } finally {
    session.disconnect();
  }
}

async function readFlag(request: IncomingMessage): Promise<string> {
  let text = '';
  // Read to its end: to leave early would end the connection, and with it the answer.
  for await (const chunk of request) text = (text + String(chunk)).slice(0, MAX_FLAG_LENGTH);
  return text.trim();
}

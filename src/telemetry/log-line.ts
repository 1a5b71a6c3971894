const SEVERITIES: Readonly<Record<string, string>> = { warn: 'W', error: 'E', fatal: 'F' };

/**
 * Writes a JSON line of the log as klog would, in local time, with the component in the place of the source file:
 * `I1121 06:18:00.123000       1 reconcile] "Programmed" services=3`. Parsers made for kube-proxy's log read it.
 * @returns one line, ended by a newline; the input itself where it is no JSON object.
 */
export function formatLogLine(json: string, pid: number): string {
  const record = parseRecord(json);
  if (!record) return json;
  const { level, ts, v: _, component = 'sluice', msg = '', ...fields } = record;
  const severity = SEVERITIES[String(level)] ?? 'I';
  const header = `${severity}${formatTime(new Date(Number(ts)))} ${String(pid).padStart(7)} ${String(component)}]`;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${header} ${JSON.stringify(msg)}${pairs.join('')}\n`;
}

function parseRecord(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

/** klog's `mmdd hh:mm:ss.uuuuuu`. */
function formatTime(time: Date): string {
  const day = two(time.getMonth() + 1) + two(time.getDate());
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${day} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}000`;
}

import { formatEndpoint } from '../model/endpoint.ts';
import { formatServicePort } from '../model/service-port.ts';
import type { InForce } from './scene.ts';
import type { ChosenEndpoint } from './types.ts';

/** `forwarded to one of 2 endpoints of default/web:http, source kept` */
export function forwardedTo({ port }: InForce, endpoints: readonly ChosenEndpoint[]): string {
  const whose = formatServicePort(port.servicePort);
  const [first] = endpoints;
  const to =
    endpoints.length === 1 && first
      ? `the one endpoint of ${whose}, ${formatEndpoint(first)}`
      : `one of ${endpoints.length} endpoints of ${whose}`;
  return `forwarded to ${to}, ${sourceWords(endpoints)}`;
}

function sourceWords(endpoints: readonly ChosenEndpoint[]): string {
  const masqueraded = endpoints.filter(({ isMasqueraded }) => isMasqueraded);
  if (!masqueraded.length) return 'source kept';
  if (masqueraded.length === endpoints.length) return 'masqueraded';
  return `source kept, but masqueraded to ${masqueraded.map(formatEndpoint).join(', ')}`;
}

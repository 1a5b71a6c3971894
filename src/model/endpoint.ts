/** One address:port of the slices of a Service port, conditions resolved. */
export interface Endpoint {
  /** Canonical. */
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Empty where the slice tells none; such an endpoint is local to no node. */
  readonly nodeName: string;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
  /** What its slice says of it; not set where that says nothing. */
  readonly weight?: number;
}

/** `10.244.1.10:8080`, `[fd00::10]:8080`: kube-proxy's name of an endpoint, by which endpoints are told apart and sorted. */
export const formatEndpoint = ({ address, port }: Pick<Endpoint, 'address' | 'port'>): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** Whether the endpoint may be used while none is ready: it shuts down and still answers (ProxyTerminatingEndpoints). */
export const isFallback = ({ ready, serving, terminating }: Endpoint): boolean => !ready && serving && terminating;

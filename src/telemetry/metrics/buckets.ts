import { exponentialBuckets, linearBuckets } from 'prom-client';

/** kube-proxy's buckets of its own work, in seconds: 0.001 to 16.384, each twice the one before. */
export const syncDurationBuckets: number[] = exponentialBuckets(0.001, 2, 15);

/** Buckets of the network programming latency, in seconds; the SLO of SIG Scalability is read off them. */
export const networkProgrammingBuckets: number[] = [
  0.25,
  0.5,
  ...linearBuckets(1, 1, 59),
  ...linearBuckets(60, 5, 12),
  ...linearBuckets(120, 30, 7),
];

/** client-go's buckets of requests to the API server, in seconds (component-base, metrics/prometheus/restclient). */
export const requestDurationBuckets: number[] = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

// Refusals, as a Kubernetes API server words them.

export type Details = Record<string, unknown>;

/** A refusal with its HTTP status code and the machine-readable reason of a Status object. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Details | undefined;

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Details | undefined;
}

/** The Status object (meta/v1) that tells a client of a refusal. */
export const statusOf = ({ code, reason, message, details }: Refusal) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});
export type Status = ReturnType<typeof statusOf>;

/** 410: the history no longer reaches back to the version that was asked for. */
export const tooOld = (asked: string | number, oldest: number): ApiError =>
  new ApiError(410, 'Expired', `too old resource version: ${asked} (${oldest})`);

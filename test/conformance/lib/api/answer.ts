import type { ServerResponse } from 'node:http';
import { ApiError, statusOf } from './api-error.ts';
import { SelectorError } from './selectors.ts';

/** Sends a JSON document. */
export function answerJson(response: ServerResponse, code: number, document: object, headers: object = {}): void {
  const body = `${JSON.stringify(document)}\n`;
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache, private',
    ...headers,
  });
  response.end(body);
}

/** Sends a plain line of text, as the health endpoints do. */
export function answerText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SelectorError) return new ApiError(400, 'BadRequest', error.message);
  return new ApiError(500, 'InternalError', (error instanceof Error && error.stack) || String(error));
}

/** Tells the client of an error; cuts the connection where the answer has already begun. */
export function answerError(response: ServerResponse, error: unknown): void {
  const known = apiErrorOf(error);
  if (response.headersSent) response.destroy();
  else answerJson(response, known.code, statusOf(known));
}

// The verbs that read or change one object.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerJson } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { Target } from './route.ts';
import type { InputObject, Store, StoredObject } from './store.ts';

const PATCH_TYPES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

export interface ObjectRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
}

/** The JSON body of a request, undefined where it has none; throws 415. */
async function bodyOf(request: IncomingMessage): Promise<InputObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!chunks.length) return {};
  try {
    const body: InputObject = JSON.parse(Buffer.concat(chunks).toString());
    return body;
  } catch {
    throw new ApiError(415, 'UnsupportedMediaType', 'the body of the request was not JSON');
  }
}

function answerObject({ response, target }: ObjectRequest, object: StoredObject, code = 200): void {
  const { kind, apiVersion } = target.resource;
  answerJson(response, code, { kind, apiVersion, ...object });
}

function mustBePatch(request: IncomingMessage): void {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (PATCH_TYPES.includes(type)) return;
  const why = `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES[0]}`;
  throw new ApiError(415, 'UnsupportedMediaType', why);
}

function answerDeleted({ response, target }: ObjectRequest, { metadata }: StoredObject): void {
  const { resource, name } = target;
  answerJson(response, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, group: resource.group || undefined, kind: resource.plural, uid: metadata.uid },
  });
}

/** Carries out a request about one object on the store and answers it; throws the ApiError that it deserves. */
export async function answerAboutObject(store: Store, asked: ObjectRequest): Promise<void> {
  const { request, target } = asked;
  const { resource, namespace, name = '', verb } = target;
  const onlyStatus = target.subresource === 'status';
  switch (verb) {
    case 'get':
      return answerObject(asked, store.get(resource, namespace, name));
    case 'create':
      if (!name) return answerObject(asked, store.create(resource, namespace, await bodyOf(request)), 201);
      break;
    case 'update':
      return answerObject(asked, store.update(resource, namespace, await bodyOf(request), { onlyStatus }));
    case 'patch':
      mustBePatch(request);
      return answerObject(asked, store.patch(resource, namespace, name, await bodyOf(request), { onlyStatus }));
    case 'delete':
      return answerDeleted(asked, store.delete(resource, namespace, name));
    case 'list':
    case 'watch':
      break;
  }
  const why = 'the server does not allow this method on the requested resource';
  throw new ApiError(405, 'MethodNotAllowed', why);
}

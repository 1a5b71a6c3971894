import * as z from 'zod';
import { checkNotNegative, int32, text, textOr } from '../field-types.ts';
import type { Report } from '../problem.ts';

/** How to reach the API server. */
export const clientConnectionSchema = z.strictObject({
  /** Empty: as a pod of the cluster. */
  kubeconfig: text,
  acceptContentTypes: text,
  contentType: textOr('application/vnd.kubernetes.protobuf'),
  qps: z
    .number()
    .optional()
    .transform(qps => qps || 5),
  burst: int32.optional().transform(burst => burst || 10),
});

type ClientConnection = z.output<typeof clientConnectionSchema>;

/** The rules of the section; kube-proxy asks nothing of qps. */
export const checkClientConnection = ({ burst }: Readonly<ClientConnection>, report: Report): void =>
  checkNotNegative(report, 'clientConnection.burst', burst);

/** The section as v1alpha1 has it. */
export const formatClientConnection = (connection: Readonly<ClientConnection>) => ({
  kubeconfig: connection.kubeconfig,
  acceptContentTypes: connection.acceptContentTypes,
  contentType: connection.contentType,
  qps: connection.qps,
  burst: connection.burst,
});

import * as z from 'zod';
import { flag, text } from '../field-types.ts';
import { quote, type Report } from '../problem.ts';

/** Settings of kube-proxy on Windows: known, so that a file for all nodes can be read, and without any effect. */
export const winkernelSchema = z.strictObject({
  networkName: text,
  sourceVip: text,
  enableDSR: flag,
  rootHnsEndpointName: text,
  forwardHealthCheckVip: flag,
});

type Winkernel = Readonly<z.output<typeof winkernelSchema>>;

/** Warns of each setting that somebody made. */
export function warnOfWinkernel(winkernel: Winkernel, warn: Report): void {
  for (const [name, value] of Object.entries(winkernel)) {
    if (value !== '' && value !== false) warn(`winkernel.${name}`, `${quote(value)} is ignored: it is for Windows`);
  }
}

/** The section as v1alpha1 has it. */
export const formatWinkernel = (winkernel: Winkernel) => ({
  networkName: winkernel.networkName,
  sourceVip: winkernel.sourceVip,
  enableDSR: winkernel.enableDSR,
  rootHnsEndpointName: winkernel.rootHnsEndpointName,
  forwardHealthCheckVip: winkernel.forwardHealthCheckVip,
});

import { startNetlinkRelay } from '../../src/kernel/netlink-relay.ts';
import type { TestNamespace } from '../support/netns.ts';

/**
 * The relay as the program starts it, but in a network namespace.
 * @param namespace one that has a program `perl`, which is found in the PATH
 */
export const relayIn =
  (namespace: TestNamespace): typeof startNetlinkRelay =>
  table => {
    const path = process.env['PATH'];
    process.env['PATH'] = `${namespace.directory}:${path}`;
    try {
      return startNetlinkRelay(table);
    } finally {
      process.env['PATH'] = path;
    }
  };

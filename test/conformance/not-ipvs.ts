// The scenarios that do not apply in mode ipvs, or that it does not pass, by id or glob, each with the reason. As with
// not-yet.ts, one that is listed here and passes fails a run in that mode, as does one that fails and is not listed.

import type { NotYet } from './lib/verdict.ts';

const FILES = 'its configuration files and flags are those of mode nftables, and say the same whatever the mode';
const TABLES = 'it looks into the tables of mode nftables, or breaks them';
const METRICS = 'it is about metrics of mode nftables';
const PRIMARY = 'there node ports are by default at all addresses of the node, as kube-proxy has it';
const IN_TURN = 'round robin gives the clients of one port the same endpoints as those of the other, in turn';
const REMEMBERED =
  'IPVS remembers a client for two minutes after its last connection was closed, whatever the time-out';
const RESET =
  'IPVS resets the connections of an endpoint that is gone; ipvs.drainTimeout is there for who wants that later';
const UDP = 'IPVS cannot keep flows of UDP to an endpoint that gets no new ones: they go to another at once';

export default {
  'diff/*': TABLES,
  'config/addresses-out-of-range': FILES,
  'config/bad-kubeconfig': FILES,
  'config/bounds-are-allowed': FILES,
  'config/cidrs-out-of-range': FILES,
  'config/configz': FILES,
  'config/feature-gates': FILES,
  'config/file-overrides-flags': FILES,
  'config/flags-validated': FILES,
  'config/healthz-turned-off': FILES,
  'config/min-sync-period': FILES,
  'config/nft-missing': FILES,
  'config/no-such-file': FILES,
  'config/not-a-configuration': FILES,
  'config/reload-*': FILES,
  'config/touched-while-running': FILES,
  'config/unknown-fields': FILES,
  'config/words-unknown': FILES,
  'config/written-file-is-usable': FILES,
  'masquerade/masquerade-all': FILES,
  'policy/masquerade-all-spares-external-local': FILES,
  'lifecycle/cleanup-needs-no-cluster': TABLES,
  'lifecycle/foreign-rules-stay': TABLES,
  'lifecycle/no-accept-for-others': TABLES,
  'lifecycle/others-see-service-then-endpoint': TABLES,
  'lifecycle/rest-of-the-node-is-left-alone': TABLES,
  'lifecycle/restart-with-other-settings': FILES,
  'lifecycle/rules-lost': TABLES,
  'lifecycle/rules-lost-and-nothing-changes': TABLES,
  'lifecycle/takes-over-from-an-older-kube-proxy': TABLES,
  'lifecycle/takes-over-from-kube-proxy': TABLES,
  'repair/*': TABLES,
  'udp/failed-sync-is-not-forgotten': TABLES,
  'health/sync-fails': TABLES,
  'health/readyz-follows-the-kernel': TABLES,
  'nodeport/addresses-of-one-family': PRIMARY,
  'nodeport/node-addresses-change': PRIMARY,
  'nodeport/node-loses-its-addresses': PRIMARY,
  'nodeport/primary-address-only': PRIMARY,
  'health/check-at-the-primary-address-by-default': PRIMARY,
  'health/check-follows-the-node': PRIMARY,
  'lifecycle/node-comes-late': PRIMARY,
  'affinity/each-port-by-itself': IN_TURN,
  'affinity/expires': REMEMBERED,
  'affinity/timeout-changes': REMEMBERED,
  'services/affinity-of-a-node-port': REMEMBERED,
  'endpoints/established-outlives-removal': RESET,
  'endpoints/recreated-at-once': RESET,
  'udp/tcp-on-the-same-port-goes-on': RESET,
  'udp/draining-endpoint-keeps-its-flows': UDP,
  'udp/policies-and-hints-do-not-cut-flows': UDP,
  'udp/unready-endpoint-that-serves-keeps-its-flows': UDP,
  'health/proxy-mode': METRICS,
  'health/metrics-by-family': METRICS,
  'health/metrics-connections': METRICS,
  'health/metrics-of-dashboards': METRICS,
  'health/metrics-unavailable': METRICS,
} satisfies NotYet;

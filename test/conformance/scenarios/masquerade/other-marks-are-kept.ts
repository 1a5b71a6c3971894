import { NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

/** Somebody else marks all packets, and drops those of Services that lost the mark, or that kept ours. */
const OTHERS = `
table ip other {
  chain before { type filter hook prerouting priority -150; meta mark set meta mark or 0x00030001; }
  chain own { type route hook output priority -150; meta mark set meta mark or 0x00030001; }
  chain after { type filter hook postrouting priority 200; ct status dnat meta mark and 0x00034001 != 0x00030001 drop; }
}`;

export default scenario({
  name: "of the packet mark the proxy's own bit is used and cleared, all others stay as they are",
  why: 'Source behaviour: the bit is set by "or" and cleared by "xor", so that policy routing and CNIs keep their marks, and a packet that comes by again in a tunnel is not masqueraded twice.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    service('self', { ip: '10.96.0.11' }),
    slice('self', ['pod-a']),
  ],
  steps: [
    tamper(`nft -f - <<'END'\n${OTHERS}\nEND`),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    reaches('node', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('pod-a', '10.96.0.11:80', 'pod-a', { source: 'masqueraded' }),
  ],
});

import { apply, longConnection, NODE, patch, reaches, remove, scenario, service, slice, tcp } from '../../builders.ts';

const at = (name: string, n: number) =>
  service(name, {
    ip: `10.96.0.1${n}`,
    type: 'LoadBalancer',
    vips: [`203.0.113.2${n}`],
    externalIPs: [`203.0.113.3${n}`],
    ports: [tcp(80, { nodePort: 30080 + n })],
  });
const leads = (n: number, host: string) =>
  [`10.96.0.1${n}:80`, `203.0.113.2${n}:80`, `203.0.113.3${n}:80`, `${NODE.v4}:${30080 + n}`].map(to =>
    reaches('client', to, host, { stable: true }),
  );
const [blue, green] = [at('blue', 1), at('green', 2)];

export default scenario({
  name: 'addresses pass from one Service to another within one moment',
  why: 'E-8: a Service is deleted and another one has its addresses at once; two Services swap theirs. The entries have new values and are neither lost nor left to the former owner.',
  objects: [blue, slice('blue', ['pod-a']), green, slice('green', ['remote-a'])],
  steps: [
    ...leads(1, 'pod-a'),
    longConnection('open', { from: 'client', to: '203.0.113.21:80' }),
    remove(blue),
    apply(at('heir', 1), slice('heir', ['remote-b'])),
    ...leads(1, 'remote-b'),
    longConnection('open', { within: 0 }),
    patch(green, {
      spec: { externalIPs: ['203.0.113.31'] },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.21' }] } },
    }),
    patch(at('heir', 1), {
      spec: { externalIPs: ['203.0.113.32'] },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.22' }] } },
    }),
    ...['203.0.113.21:80', '203.0.113.31:80'].map(to => reaches('client', to, 'remote-a', { stable: true })),
    ...['203.0.113.22:80', '203.0.113.32:80'].map(to => reaches('client', to, 'remote-b', { stable: true })),
  ],
});

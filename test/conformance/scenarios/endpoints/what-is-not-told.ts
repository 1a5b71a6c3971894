import { ep, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

/** As the API hands out what nobody has set: absent. */
const bare = (of: string, ...endpoints: object[]) => ({
  ...slice(of, []),
  ports: [{ name: '', port: 8080 }],
  endpoints,
});

export default scenario({
  name: 'what a slice leaves out has its default: ready, serving, not terminating, TCP, and local to no node',
  why: 'Source behaviour of endpoint construction: nil conditions and a nil protocol have these values, without a nodeName no endpoint is local, and of several addresses the first one counts.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    bare(
      'web',
      { addresses: ['10.244.1.10', '10.244.2.11'] },
      { addresses: ['10.244.2.10'], conditions: { ready: null, serving: null, terminating: null } },
    ),
    service('inner', { ip: '10.96.0.11', internalTrafficPolicy: 'Local' }),
    slice('inner', [ep('pod-a', { nodeName: null })]),
    service('drains', { ip: '10.96.0.12' }),
    bare('drains', { addresses: ['10.244.1.10'], conditions: { ready: false, terminating: true } }),
    service('unready', { ip: '10.96.0.13' }),
    bare('unready', { addresses: ['10.244.1.10'], conditions: { ready: false } }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { attempts: 40 }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    fails('pod-b', '10.96.0.11:80', 'timeout'),
    reaches('pod-b', '10.96.0.12:80', 'pod-a'),
    fails('pod-b', '10.96.0.13:80', 'refused'),
  ],
});

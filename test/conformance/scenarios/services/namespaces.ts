import { apply, clientIP, fails, reaches, remove, scenario, service, settle, slice } from '../../builders.ts';

const shop = service('web', { ip: '10.96.0.11', namespace: 'shop', ...clientIP() });

export default scenario({
  name: 'Services and slices of one name in two namespaces have nothing to do with each other',
  why: 'Services are known by namespace and name; a slice belongs to the Service in its own namespace.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a'], { name: 'same' }),
    shop,
    slice('web', ['remote-a'], { name: 'same', namespace: 'shop' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    reaches('pod-b', '10.96.0.11:80', 'remote-a', { attempts: 20 }),
    apply(slice('web', ['remote-b'], { name: 'same' })),
    reaches('pod-b', '10.96.0.10:80', 'remote-b', { attempts: 20 }),
    reaches('pod-b', '10.96.0.11:80', 'remote-a', { attempts: 20 }),
    remove(slice('web', [], { name: 'same', namespace: 'shop' })),
    fails('pod-b', '10.96.0.11:80', 'refused'),
    remove(shop),
    settle(),
    fails('pod-b', '10.96.0.11:80', 'unreachable'),
    reaches('pod-b', '10.96.0.10:80', 'remote-b', { attempts: 20 }),
  ],
});

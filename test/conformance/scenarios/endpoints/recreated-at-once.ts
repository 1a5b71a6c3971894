import { apply, longConnection, reaches, remove, scenario, service, settle, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10' });

export default scenario({
  name: 'what is deleted and created again within one sync is there',
  why: 'upstream: TestServiceCacheLeaks and TestLastChangeTriggerTime (add then delete then add again). Changes that cancel out, or that end in another state, leave the last one, for Services and slices alike.',
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    remove(web),
    apply(web),
    remove(slice('web', [])),
    apply(slice('web', ['pod-a'])),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { stable: true, within: 0 }),
    remove(slice('web', [])),
    apply(slice('web', ['remote-a'])),
    remove(web),
    apply(web),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    apply(slice('gone', ['pod-a'])),
    apply(service('gone', { ip: '10.96.0.11' })),
    remove(service('gone')),
    remove(slice('gone', [])),
    apply(slice('web', ['pod-a', 'remote-a']), slice('web', ['pod-a'])),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20, stable: true }),
    longConnection('open'),
  ],
});

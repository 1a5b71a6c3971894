import { healthCheck, patch, remove, scenario, service, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const options: ServiceOptions = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' };
const web = service('web', {
  ...options,
  ip: '10.96.0.10',
  healthCheckNodePort: 32080,
  vips: ['203.0.113.20'],
  ports: [tcp(80, { nodePort: 30080 })],
});
const api = service('api', {
  ...options,
  ip: '10.96.0.11',
  healthCheckNodePort: 32081,
  vips: ['203.0.113.21'],
  ports: [tcp(80, { nodePort: 30081 })],
});

export default scenario({
  name: 'the health check port closes with its Service or its policy',
  why: 'Only LoadBalancer Services of policy Local have a health check; the port must be given back.',
  objects: [web, slice('web', ['pod-a']), api, slice('api', ['pod-a'])],
  steps: [
    healthCheck(32080, { status: 200 }),
    healthCheck(32081, { status: 200 }),
    remove(web),
    healthCheck(32080, { error: 'refused' }),
    patch(api, { spec: { externalTrafficPolicy: 'Cluster', healthCheckNodePort: null } }),
    healthCheck(32081, { error: 'refused' }),
  ],
});

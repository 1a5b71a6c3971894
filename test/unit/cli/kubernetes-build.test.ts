import { describe, expect, it } from 'vitest';
import { kubernetesBuild } from '../../../src/cli/kubernetes-build.ts';
import { KUBERNETES_VERSION } from '../../../src/cli/version.ts';

describe('kubernetesBuild', () => {
  it.each([
    { name: 'a release', told: 'v1.35.1', is: { gitVersion: 'v1.35.1', major: '1', minor: '35' } },
    { name: "a distribution's", told: 'v1.34.2+k3s1', is: { gitVersion: 'v1.34.2+k3s1', major: '1', minor: '34' } },
    { name: 'nothing', told: '', is: { gitVersion: KUBERNETES_VERSION, major: '1', minor: '36' } },
    { name: 'nonsense', told: 'latest', is: { gitVersion: KUBERNETES_VERSION, major: '1', minor: '36' } },
  ])('is that of the kubelet, where it tells $name', ({ told, is }) => {
    expect(kubernetesBuild({ kubeletVersion: told })).toMatchObject(is);
  });

  it('is the one that sluice behaves like where there is no Node', () => {
    expect(kubernetesBuild(undefined).gitVersion).toBe(KUBERNETES_VERSION);
  });
});

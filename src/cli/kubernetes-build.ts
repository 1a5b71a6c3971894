import type { Node } from '../kube/types.ts';
import type { KubernetesBuild } from '../telemetry/metrics/process.ts';
import { KUBERNETES_VERSION } from './version.ts';

/**
 * The Kubernetes release that `kubernetes_build_info` shows: that of this node's kubelet, as the kube-proxy in our place would have it. With
 * another one the alert KubeVersionMismatch would never end in a cluster of another release than {@link KUBERNETES_VERSION}.
 * @param node undefined where there is none
 */
export function kubernetesBuild(node: Pick<Node, 'kubeletVersion'> | undefined): KubernetesBuild {
  const pattern = /^v(\d+)\.(\d+)/;
  const told = node?.kubeletVersion ?? '';
  const gitVersion = pattern.test(told) ? told : KUBERNETES_VERSION;
  const [, major = '', minor = ''] = pattern.exec(gitVersion) ?? [];
  return { major, minor, gitVersion, gitCommit: '', buildDate: '' };
}

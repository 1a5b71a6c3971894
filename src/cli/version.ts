declare const __SLUICE_VERSION__: string | undefined;
declare const __SLUICE_COMMIT__: string | undefined;
declare const __SLUICE_BUILD_DATE__: string | undefined;

/** What the build was made of; a program that runs from its sources has no number. */
export const VERSION = typeof __SLUICE_VERSION__ === 'undefined' ? '0.0.0-dev' : __SLUICE_VERSION__;
export const COMMIT = typeof __SLUICE_COMMIT__ === 'undefined' ? '' : __SLUICE_COMMIT__;
export const BUILD_DATE = typeof __SLUICE_BUILD_DATE__ === 'undefined' ? '' : __SLUICE_BUILD_DATE__;

/** The Kubernetes release whose kube-proxy this one behaves like. */
export const KUBERNETES_VERSION = 'v1.36.2';

/**
 * Keeps the allocator that the launcher chose for this process (scripts/launcher.sh, deploy/image/sluice) from the processes that it
 * starts. What the operator chose by LD_PRELOAD is theirs as well.
 * @param env of this process; changed
 */
export function keepAllocatorToOurselves(env: NodeJS.ProcessEnv): void {
  const chosen = env['SLUICE_ALLOCATOR'];
  delete env['SLUICE_ALLOCATOR'];
  if (chosen === undefined || env['LD_PRELOAD'] !== chosen) return;
  delete env['LD_PRELOAD'];
  delete env['MALLOC_CONF'];
}

/** The kernel's three flags of an IPVS scheduler. What they mean is the scheduler's matter; see {@link parseSchedulerFlags}. */
export const SCHEDULER_FLAGS = ['flag-1', 'flag-2', 'flag-3'] as const;
export type SchedulerFlag = (typeof SCHEDULER_FLAGS)[number];

const WORDS: ReadonlyMap<string, SchedulerFlag> = new Map([
  ...SCHEDULER_FLAGS.map(flag => [flag, flag] as const),
  // Of sh and mh, the only ones of the kernel's own schedulers that have flags (include/uapi/linux/ip_vs.h).
  ...['', 'sh-', 'mh-'].flatMap(
    prefix =>
      [
        [`${prefix}fallback`, 'flag-1'],
        [`${prefix}port`, 'flag-2'],
      ] as const,
  ),
]);

/**
 * Reads flags as ipvsadm writes them, such as `sh-fallback,sh-port`; the scheduler's name may be left out, and `none` is no flag.
 * @returns undefined where one of the words is unknown
 */
export function parseSchedulerFlags(words: readonly string[]): readonly SchedulerFlag[] | undefined {
  if (words.length === 1 && words[0] === 'none') return [];
  if (!words.every(word => WORDS.has(word))) return undefined;
  const flags = new Set(words.map(word => WORDS.get(word)));
  return SCHEDULER_FLAGS.filter(flag => flags.has(flag));
}

/** Whether this can be the name of a scheduler (IP_VS_SCHEDNAME_MAXLEN); which there are, the kernel tells. */
export const isSchedulerName = (text: string): boolean => /^[a-z][a-z0-9_]{0,14}$/.test(text);

import { writeFile } from 'node:fs/promises';

/**
 * Says how likely the kernel is to end this process where memory runs out (proc(5), oom_score_adj).
 * @param score from -1000 to 1000; to lower it takes CAP_SYS_RESOURCE
 * @throws Error where that is not allowed
 */
export const setOomScore = (score: number): Promise<void> => writeFile('/proc/self/oom_score_adj', `${score}\n`);

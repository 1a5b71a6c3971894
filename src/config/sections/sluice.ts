import * as z from 'zod';
import { formatDuration } from '../duration.ts';
import { checkNotNegative, duration } from '../field-types.ts';
import { quote, type Report } from '../problem.ts';

/** sluice's own settings, under the key `sluice` of the same file. kube-proxy warns of the key and works without. */
export const sluiceSchema = z
  .strictObject({
    /** How long to wait for more changes after the last one. */
    syncQuietPeriod: duration.default(5),
    /** How long a change may be held back by others that follow it. */
    syncMaxDelay: duration.default(50),
    /** How often the kernel is compared with what it should hold. */
    verifyPeriod: duration.default(15 * 60_000),
    /** Whether changes that others make to our tables are found, and repaired, at once. */
    monitorTables: z.boolean().default(true),
    /** Where a transaction that failed is kept for the operator. */
    runtimeDirectory: z.string().default('/run/sluice'),
    /** A path, or a name to be found in PATH. */
    nftPath: z.string().default('nft'),
  })
  .transform(({ syncQuietPeriod, syncMaxDelay, verifyPeriod, ...sluice }) => ({
    ...sluice,
    syncQuietPeriodMs: syncQuietPeriod,
    syncMaxDelayMs: syncMaxDelay,
    verifyPeriodMs: verifyPeriod,
  }));

type SluiceSection = Readonly<z.output<typeof sluiceSchema>>;

/** The rules of the section. */
export function checkSluice(sluice: SluiceSection, report: Report): void {
  checkNotNegative(report, 'sluice.syncQuietPeriod', sluice.syncQuietPeriodMs);
  if (sluice.syncMaxDelayMs < sluice.syncQuietPeriodMs) {
    report('sluice.syncMaxDelay', 'must not be less than sluice.syncQuietPeriod');
  }
  if (sluice.verifyPeriodMs <= 0) report('sluice.verifyPeriod', 'must be greater than 0');
  if (!sluice.runtimeDirectory.startsWith('/')) {
    report('sluice.runtimeDirectory', `${quote(sluice.runtimeDirectory)} is no absolute path`);
  }
  if (sluice.nftPath === '') report('sluice.nftPath', 'must not be empty');
}

/** The section as the file has it. */
export const formatSluice = (sluice: SluiceSection) => ({
  syncQuietPeriod: formatDuration(sluice.syncQuietPeriodMs),
  syncMaxDelay: formatDuration(sluice.syncMaxDelayMs),
  verifyPeriod: formatDuration(sluice.verifyPeriodMs),
  monitorTables: sluice.monitorTables,
  runtimeDirectory: sluice.runtimeDirectory,
  nftPath: sluice.nftPath,
});

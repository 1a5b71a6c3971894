/** A rule of a chain that is on one side only. */
export interface RuleDifference {
  readonly kernel: string | undefined;
  readonly desired: string | undefined;
}

/**
 * What has to leave and to come for the rules of a chain to be as they should, and no more: rules that are on both sides, in the same order,
 * stay.
 * @returns in the order of the chain, what leaves before what comes
 */
export function diffRules(kernel: readonly string[], desired: readonly string[]): RuleDifference[] {
  const longest = commonLengths(kernel, desired);
  const differences: RuleDifference[] = [];
  let [i, j] = [0, 0];
  while (i < kernel.length || j < desired.length) {
    const here = longest[i]![j]!;
    if (i < kernel.length && j < desired.length && kernel[i] === desired[j]) [i, j] = [i + 1, j + 1];
    else if (i < kernel.length && longest[i + 1]![j] === here)
      differences.push({ kernel: kernel[i++], desired: undefined });
    else differences.push({ kernel: undefined, desired: desired[j++] });
  }
  return differences;
}

/** How many rules those from `i` and those from `j` on have in common, in one order. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from(b, () => 0).concat(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

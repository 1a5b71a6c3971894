/**
 * Takes the rules out of what `nft list chain` printed.
 * @returns a line each; a rule that nft prints in several lines makes the number wrong, which the caller can see
 */
export const printedRules = (listing: string): readonly string[] =>
  listing
    .split('\n')
    .filter(line => line.startsWith('\t\t'))
    .map(line => line.trim())
    .filter(line => !/^(?:type \S+ hook |comment ")/.test(line));

/** A glob over scenario ids as a regular expression: `*` stands for anything, slashes included. */
export function globToRegExp(glob: string): RegExp {
  const literal = glob.split('*').map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}

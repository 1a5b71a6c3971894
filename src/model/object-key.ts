/**
 * `namespace/name`: the key of an object within its kind. Joined, since thousands are kept: V8 makes one text of that, where `+` and
 * templates make a chain of three that stays one even as the key of a map.
 */
export const objectKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  [namespace, name].join('/');

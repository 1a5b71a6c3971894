/** `namespace/name`: the key of an object within its kind. */
export const objectKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

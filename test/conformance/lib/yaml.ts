// Writes plain data as block-style YAML.

const PLAIN = /^[A-Za-z_/][\w./-]*$/;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

const needsQuotes = (value: string): boolean => !PLAIN.test(value) || RESERVED.test(value);

const scalar = (value: unknown): string =>
  typeof value === 'string' && !needsQuotes(value) ? value : JSON.stringify(value ?? null);

const isCollection = (value: unknown): value is object => value !== null && typeof value === 'object';

const isNested = (value: unknown): boolean => isCollection(value) && Object.keys(value).length > 0;

/** The YAML text of plain data (what JSON can hold); fields that are undefined are left out. */
export function yaml(value: unknown, indent = ''): string {
  if (!isCollection(value)) return `${indent}${scalar(value)}\n`;
  if (!isNested(value)) return `${indent}${Array.isArray(value) ? '[]' : '{}'}\n`;
  if (Array.isArray(value)) {
    return value.map(item => `${indent}- ${yaml(item, `${indent}  `).slice(indent.length + 2)}`).join('');
  }
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return fields
    .map(([key, item]) => {
      const text = isNested(item) ? `\n${yaml(item, `${indent}  `)}` : ` ${yaml(item)}`;
      return `${indent}${scalar(key)}:${text}`;
    })
    .join('');
}

// nft's JSON listing, walked without building it as a whole: 100,000 elements would be 100 MB of objects at a time.

type Json = Readonly<Record<string, unknown>>;

/** A piece of a listing. */
export type ListedPiece =
  /** Something of the table, without its elements. */
  | { readonly kind: 'object'; readonly object: Json }
  /** Some of the elements of the set or map that comes after them as an object. */
  | { readonly kind: 'elements'; readonly elements: readonly unknown[] };

const ELEMENTS_AT_A_TIME = 1000;
const [QUOTE, BACKSLASH, COMMA] = ['"', '\\', ','].map(text => text.charCodeAt(0)) as [number, number, number];
const OPENING = new Set(['{', '['].map(text => text.charCodeAt(0)));
const CLOSING = new Set(['}', ']'].map(text => text.charCodeAt(0)));

/** Depth inside of `{"nftables": [{"map": {`, where the key `elem` is that of the elements. */
const BODY_DEPTH = 4;

/**
 * Yields the pieces of what `nft -j list` printed: the elements of a set or map in batches, then the set or map itself.
 * @throws SyntaxError or Error where it is no such listing
 */
export function* piecesOf(listing: string): Generator<ListedPiece> {
  const start = listing.indexOf('[', listing.indexOf('"nftables"'));
  if (!listing.trimStart().startsWith('{') || start < 0) throw new Error('the listing has no member "nftables"');
  let at = start + 1;
  while (at < listing.length) {
    const object = listing.indexOf('{', at);
    const end = listing.indexOf(']', at);
    if (end >= 0 && (object < 0 || end < object)) return;
    if (object < 0) break;
    at = yield* objectAt(listing, object);
  }
  throw new SyntaxError('the listing ends in the middle of its list');
}

/** @returns the position behind the object */
function* objectAt(listing: string, start: number): Generator<ListedPiece, number> {
  let depth = 2;
  let before = '';
  let from = start;
  for (let at = start; at < listing.length; at += 1) {
    const code = listing.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(listing, at);
      const array = depth === BODY_DEPTH && listing.startsWith('"elem"', at) ? arrayAfter(listing, end) : -1;
      if (array > 0) {
        before = `${listing.slice(from, at)}"elem": []`;
        at = yield* elementsAt(listing, array);
        from = at + 1;
      } else at = end;
    } else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) {
      depth -= 1;
      if (depth > 2) continue;
      yield { kind: 'object', object: JSON.parse(before + listing.slice(from, at + 1)) as Json };
      return at + 1;
    }
  }
  throw new SyntaxError('the listing ends in the middle of an object');
}

/** @returns the position of the bracket of an array that is the value of the key which ends here, or -1 */
function arrayAfter(listing: string, keyEnd: number): number {
  const value = listing.slice(keyEnd + 1, keyEnd + 20).search(/[^:\s]/);
  return value >= 0 && listing[keyEnd + 1 + value] === '[' ? keyEnd + 1 + value : -1;
}

/** @returns the position of the bracket that closes the array */
function* elementsAt(listing: string, array: number): Generator<ListedPiece, number> {
  let depth = 0;
  let count = 0;
  let from = array + 1;
  for (let at = array; at < listing.length; at += 1) {
    const code = listing.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(listing, at);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) {
      depth -= 1;
      if (depth > 0) continue;
      yield { kind: 'elements', elements: parseElements(listing.slice(from, at)) };
      return at;
    } else if (code === COMMA && depth === 1) {
      count += 1;
      if (count % ELEMENTS_AT_A_TIME) continue;
      yield { kind: 'elements', elements: parseElements(listing.slice(from, at)) };
      from = at + 1;
    }
  }
  throw new SyntaxError('the listing ends in the middle of its elements');
}

const parseElements = (text: string): readonly unknown[] => JSON.parse(`[${text}]`) as unknown[];

/** @returns the position of the quote that ends the string which begins here */
function stringEnd(listing: string, start: number): number {
  for (let at = start + 1; at < listing.length; at += 1) {
    const code = listing.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  throw new SyntaxError('the listing ends in the middle of a string');
}

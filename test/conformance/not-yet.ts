// The scenarios that sluice does not pass yet, by id or glob, each with the reason. A scenario that is listed here and
// passes fails the run, as does one that fails and is not listed: the list says what is so.

import type { NotYet } from './lib/verdict.ts';

export default {} satisfies NotYet;

import type { Query, Resource } from './resources.ts';
import { listQuery, watchListQuery, watchQuery } from './resources.ts';

/** The questions that a reflector asks, less what the server has refused to answer. */
export class QueryPlan {
  readonly #resource: Resource<unknown>;
  #usesFieldSelector = true;
  #asksForVersion = true;

  constructor(resource: Resource<unknown>) {
    this.#resource = resource;
  }

  /** A field selector is sent that can be done without. */
  get canDropFieldSelector(): boolean {
    return this.#resource.isFieldSelectorOptional && this.#usesFieldSelector;
  }

  /** Lists ask for a state that is not older than the one we have. */
  get asksForVersion(): boolean {
    return this.#asksForVersion;
  }

  /** The optional field selector is left out from now on. */
  dropFieldSelector(): void {
    this.#usesFieldSelector = false;
  }

  /** The next list is to be the newest state, whatever its version. */
  dropVersion(): void {
    this.#asksForVersion = false;
  }

  /** A full state is complete: its version is one that the server knows. */
  restoreVersion(): void {
    this.#asksForVersion = true;
  }

  /** @param version the one we have, empty for none: then whatever the server's cache holds will do */
  list(version: string, continueToken: string): Query {
    return listQuery(this.#selectors(), this.#asksForVersion ? version || '0' : '', continueToken);
  }

  watch(version: string, seconds: number): Query {
    return watchQuery(this.#selectors(), version, seconds);
  }

  watchList(seconds: number): Query {
    return watchListQuery(this.#selectors(), seconds);
  }

  #selectors(): { labelSelector: string; fieldSelector: string } {
    const { labelSelector, fieldSelector, isFieldSelectorOptional } = this.#resource;
    const isDropped = isFieldSelectorOptional && !this.#usesFieldSelector;
    return { labelSelector, fieldSelector: isDropped ? '' : fieldSelector };
  }
}

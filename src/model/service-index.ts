import type { EndpointSlice, Service, SliceEndpoint } from '../kube/types.ts';
import { type Family, familyLabel } from './ip.ts';
import { objectKey } from './object-key.ts';
import { sameData } from './same-data.ts';

const NONE: readonly string[] = [];

/**
 * What the cluster says, by Service. Each method that takes an event returns the keys (`ns/name`) of the Services whose
 * plans it may have changed, without duplicates; all others are certain to be as they were. Objects are kept as they
 * came, nothing is copied out of them.
 */
export class ServiceIndex {
  /** By `ns/name` of the Service. */
  readonly #known = new Map<string, Known>();
  /** By `ns/name` of the slice. */
  readonly #slices = new Map<string, EndpointSlice>();

  /** @param key `ns/name`, where the caller has it: each text that is kept is kept once. */
  setService(service: Service, key = objectKey(service)): readonly string[] {
    const known = this.#at(key);
    const before = known.service;
    known.service = service;
    return before && sameData(before, service) ? NONE : [key];
  }

  /** @param key `ns/name` of the Service. */
  deleteService(key: string): readonly string[] {
    const known = this.#known.get(key);
    if (!known?.service) return NONE;
    known.service = undefined;
    this.#forgetEmpty(key, known);
    return [key];
  }

  /**
   * A slice that was relabelled leaves the Service that it named before. One whose Service is unknown touches none yet.
   * @param key `ns/name`, where the caller has it
   */
  setSlice(slice: EndpointSlice, key = objectKey(slice)): readonly string[] {
    const before = this.#slices.get(key);
    if (!isOfService(slice)) return before ? this.deleteSlice(key) : NONE;
    this.#slices.set(key, slice);
    if (before) this.#unlink(before);
    this.#link(slice);
    if (before && sameEndpoints(before, slice)) return NONE;
    return this.#touched(before ? [ownerOf(before), ownerOf(slice)] : [ownerOf(slice)]);
  }

  /** @param key `ns/name` of the slice. */
  deleteSlice(key: string): readonly string[] {
    const before = this.#slices.get(key);
    if (!before) return NONE;
    this.#slices.delete(key);
    this.#unlink(before);
    return this.#touched([ownerOf(before)]);
  }

  service(key: string): Service | undefined {
    return this.#known.get(key)?.service;
  }

  /** @param key `ns/name` of a slice that belongs to some Service. */
  slice(key: string): EndpointSlice | undefined {
    return this.#slices.get(key);
  }

  /** The slices of a Service that hold addresses of the family, sorted by name. */
  slicesOf(key: string, family: Family): readonly EndpointSlice[] {
    const slices = this.#known.get(key)?.slices ?? NO_SLICES;
    return slices.filter(slice => slice.addressType === familyLabel[family]);
  }

  /** The keys of the Services that have an endpoint of which this is true. All are looked at: for what is rare. */
  servicesWith(isMeant: (endpoint: SliceEndpoint) => boolean): readonly string[] {
    const slices = [...this.#slices.values()].filter(({ endpoints }) => endpoints.some(isMeant));
    return this.#touched(slices.map(ownerOf));
  }

  /** The keys of all Services, sorted. */
  serviceKeys(): readonly string[] {
    return [...this.#known].flatMap(([key, { service }]) => (service ? [key] : [])).toSorted();
  }

  #at(key: string): Known {
    const known = this.#known.get(key);
    if (known) return known;
    const added = { service: undefined, slices: NO_SLICES };
    this.#known.set(key, added);
    return added;
  }

  #forgetEmpty(key: string, { service, slices }: Known): void {
    if (!service && !slices.length) this.#known.delete(key);
  }

  #touched(keys: readonly string[]): readonly string[] {
    return [...new Set(keys)].filter(key => this.service(key));
  }

  #link(slice: EndpointSlice): void {
    const known = this.#at(ownerOf(slice));
    const next = known.slices.findIndex(({ name }) => name > slice.name);
    known.slices = known.slices.toSpliced(next === -1 ? known.slices.length : next, 0, slice);
  }

  #unlink(slice: EndpointSlice): void {
    const owner = ownerOf(slice);
    const known = this.#known.get(owner);
    if (!known) return;
    known.slices = known.slices.filter(one => one !== slice);
    this.#forgetEmpty(owner, known);
  }
}

/** What is known by the name of a Service. Slices may come before it and outlive it. */
interface Known {
  service: Service | undefined;
  /** Sorted by name. */
  slices: readonly EndpointSlice[];
}

const NO_SLICES: readonly EndpointSlice[] = [];

/** Slices without the label belong to somebody else; a proxy has no use for host names (address type FQDN). */
const isOfService = ({ namespace, name, serviceName, addressType }: EndpointSlice): boolean =>
  namespace !== '' &&
  name !== '' &&
  serviceName !== '' &&
  (addressType === familyLabel.ipv4 || addressType === familyLabel.ipv6);

const ownerOf = ({ namespace, serviceName }: EndpointSlice): string => objectKey({ namespace, name: serviceName });

/** The trigger time tells when something changed, not what; alone it changes nothing. */
const sameEndpoints = (a: EndpointSlice, b: EndpointSlice): boolean =>
  a.serviceName === b.serviceName &&
  a.addressType === b.addressType &&
  a.ipvsWeight === b.ipvsWeight &&
  sameData(a.ports, b.ports) &&
  sameData(a.endpoints, b.endpoints);

import type { EndpointSlice, Service } from '../kube/types.ts';
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
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  /** By Service, sorted by slice name. Slices may come before their Service and outlive it. */
  readonly #slicesByService = new Map<string, EndpointSlice[]>();

  setService(service: Service): readonly string[] {
    const key = objectKey(service);
    const before = this.#services.get(key);
    this.#services.set(key, service);
    return before && sameData(before, service) ? NONE : [key];
  }

  /** @param key `ns/name` of the Service. */
  deleteService(key: string): readonly string[] {
    return this.#services.delete(key) ? [key] : NONE;
  }

  /** A slice that was relabelled leaves the Service that it named before. One whose Service is unknown touches none yet. */
  setSlice(slice: EndpointSlice): readonly string[] {
    const key = objectKey(slice);
    const before = this.#slices.get(key);
    if (!isOfService(slice)) return before ? this.deleteSlice(key) : NONE;
    this.#slices.set(key, slice);
    if (before) this.#unlink(before);
    this.#link(slice);
    if (before && sameEndpoints(before, slice)) return NONE;
    return this.#known(before ? [ownerOf(before), ownerOf(slice)] : [ownerOf(slice)]);
  }

  /** @param key `ns/name` of the slice. */
  deleteSlice(key: string): readonly string[] {
    const before = this.#slices.get(key);
    if (!before) return NONE;
    this.#slices.delete(key);
    this.#unlink(before);
    return this.#known([ownerOf(before)]);
  }

  service(key: string): Service | undefined {
    return this.#services.get(key);
  }

  /** @param key `ns/name` of a slice that belongs to some Service. */
  slice(key: string): EndpointSlice | undefined {
    return this.#slices.get(key);
  }

  /** The slices of a Service that hold addresses of the family, sorted by name. */
  slicesOf(key: string, family: Family): readonly EndpointSlice[] {
    const slices = this.#slicesByService.get(key) ?? [];
    return slices.filter(slice => slice.addressType === familyLabel[family]);
  }

  /** The keys of all Services, sorted. */
  serviceKeys(): readonly string[] {
    return [...this.#services.keys()].toSorted();
  }

  #known(keys: readonly string[]): readonly string[] {
    return [...new Set(keys)].filter(key => this.#services.has(key));
  }

  #link(slice: EndpointSlice): void {
    const owner = ownerOf(slice);
    const slices = this.#slicesByService.get(owner);
    if (!slices) {
      this.#slicesByService.set(owner, [slice]);
      return;
    }
    const next = slices.findIndex(({ name }) => name > slice.name);
    slices.splice(next === -1 ? slices.length : next, 0, slice);
  }

  #unlink(slice: EndpointSlice): void {
    const owner = ownerOf(slice);
    const rest = this.#slicesByService.get(owner)?.filter(one => one !== slice) ?? [];
    if (rest.length > 0) this.#slicesByService.set(owner, rest);
    else this.#slicesByService.delete(owner);
  }
}

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
  sameData(a.ports, b.ports) &&
  sameData(a.endpoints, b.endpoints);

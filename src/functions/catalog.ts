import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionListRequest, FunctionStore, VersionListRequest } from './function-store.ts';
import type { DeployedFunction, FunctionId, FunctionVersion } from './function.ts';
import { LookUpCache } from './look-up-cache.ts';
import { readPage, type Page } from './page.ts';
import type { FunctionReference } from './reference.ts';

export interface RemovedFunction {
  readonly id: FunctionId;
  readonly name: string;
}

type Listener<Event> = (event: Event) => void;

/** Most functions, and most versions named by number, that are kept in memory. */
const cacheCapacity = 1000;

/**
 * The functions there are, for those who invoke and look at them. Answers come from memory where they can; deploys and
 * removals of this process are seen by every call that starts after they were acknowledged.
 *
 * @throws SraasError from every method: `INVALID_NAME`, `FUNCTION_NOT_FOUND`, `VERSION_NOT_FOUND` and the store's own.
 */
export class FunctionCatalog {
  readonly #store: FunctionStore;
  readonly #functions = new LookUpCache<DeployedFunction>(cacheCapacity);
  readonly #versions = new LookUpCache<FunctionVersion>(cacheCapacity);
  readonly #publishedListeners = new Set<Listener<DeployedFunction>>();
  readonly #removedListeners = new Set<Listener<RemovedFunction>>();

  constructor(store: FunctionStore) {
    this.#store = store;
  }

  /** The version that a reference means at this moment. */
  async resolve(reference: FunctionReference): Promise<FunctionVersion> {
    const { name, version: number } = reference;
    const fn = await this.show(name);
    if (number === undefined || number === fn.latest.number) return fn.latest;
    const version = await this.#versions.get(`${name}@${number}`, () => this.#store.findVersion(name, number));
    if (version) return version;
    throw new SraasError(
      'VERSION_NOT_FOUND',
      `Function ${name} has no version ${number}: its newest is ${fn.latest.number}.`,
    );
  }

  async show(name: string): Promise<DeployedFunction> {
    const checked = parseFunctionName(name);
    const fn = await this.#functions.get(checked, () => this.#store.find(checked));
    return fn ?? notFound(checked);
  }

  /** Functions in the order of their names. `next` is a name, for `after`. */
  list(request: FunctionListRequest): Promise<Page<DeployedFunction, string>> {
    return readPage(
      request.limit,
      (limit) => this.#store.list({ ...request, limit }),
      (fn) => fn.name,
    );
  }

  /** A function's versions, newest first. `next` is a number, for `before`. */
  async versions(name: string, request: VersionListRequest): Promise<Page<FunctionVersion, number>> {
    await this.show(name);
    return readPage(
      request.limit,
      (limit) => this.#store.listVersions(name, { ...request, limit }),
      (version) => version.number,
    );
  }

  /** Removes a function with all its versions, then tells those who listen. */
  async remove(name: string): Promise<void> {
    const checked = parseFunctionName(name);
    const id = await this.#store.remove(checked);
    failpoint('remove.after_commit');
    this.#forget(checked);
    if (id === undefined) notFound(checked);
    for (const listener of this.#removedListeners) listener({ id, name: checked });
    failpoint('remove.told');
  }

  /** For the deployer: a version was published and acknowledged by the store. */
  published(fn: DeployedFunction): void {
    this.#forget(fn.name);
    for (const listener of this.#publishedListeners) listener(fn);
  }

  /** The listener is called after each publish, and must not throw. Returns what ends it. */
  onPublished(listener: Listener<DeployedFunction>): () => void {
    this.#publishedListeners.add(listener);
    return () => this.#publishedListeners.delete(listener);
  }

  /** The listener is called after each removal, and must not throw. Returns what ends it. */
  onRemoved(listener: Listener<RemovedFunction>): () => void {
    this.#removedListeners.add(listener);
    return () => this.#removedListeners.delete(listener);
  }

  /** The one place where what is remembered of a name ends. */
  #forget(name: string): void {
    this.#functions.forget(name);
    this.#versions.forgetStartingWith(`${name}@`);
  }
}

function notFound(name: string): never {
  throw new SraasError(
    'FUNCTION_NOT_FOUND',
    `There is no function ${name}: deploy it first, or list the functions there are.`,
  );
}

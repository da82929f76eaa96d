import { failpoint } from '../failpoints.ts';
import { chooseVersion, type Alias } from './alias.ts';
import type { AliasStore } from './alias-store.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionListRequest, FunctionStore, VersionListRequest } from './function-store.ts';
import type { DeployedFunction, FunctionId, FunctionVersion } from './function.ts';
import { LookUpCache } from './look-up-cache.ts';
import { aliasNotThere, functionNotThere, versionNotThere } from './not-there.ts';
import { readPage, type Page } from './page.ts';
import type { Precondition } from './precondition.ts';
import type { FunctionReference } from './reference.ts';

export interface RemovedFunction {
  readonly id: FunctionId;
  readonly name: string;
}

/** A function whose aliases lead elsewhere than before, or that lost a version. */
export type ChangedFunction = RemovedFunction;

export type CatalogFunctions = Pick<
  FunctionStore,
  'find' | 'findVersion' | 'list' | 'listVersions' | 'remove' | 'removeVersion'
>;
export type CatalogAliases = Pick<AliasStore, 'find' | 'list' | 'all'>;

interface CatalogParts {
  readonly functions: CatalogFunctions;
  readonly aliases: Pick<CatalogAliases, 'find' | 'list'>;
  /** From 0 up to, but not including, 1. `Math.random` when left out. */
  readonly random?: () => number;
}

type Listener<Event> = (event: Event) => void;

/** Most functions, most versions named by number, and most aliases that are kept in memory. */
const cacheCapacity = 1000;

/**
 * The functions there are, for those who invoke and look at them. Answers come from memory where they can; deploys and
 * removals of this process are seen by every call that starts after they were acknowledged.
 *
 * @throws SraasError from every method: `INVALID_NAME`, `FUNCTION_NOT_FOUND`, `VERSION_NOT_FOUND`, `ALIAS_NOT_FOUND` and the
 * store's own.
 */
export class FunctionCatalog {
  readonly #store: CatalogFunctions;
  readonly #aliasStore: Pick<CatalogAliases, 'find' | 'list'>;
  readonly #random: () => number;
  readonly #functions = new LookUpCache<DeployedFunction>(cacheCapacity);
  readonly #versions = new LookUpCache<FunctionVersion>(cacheCapacity);
  readonly #aliases = new LookUpCache<Alias>(cacheCapacity);
  readonly #publishedListeners = new Set<Listener<DeployedFunction>>();
  readonly #changedListeners = new Set<Listener<ChangedFunction>>();
  readonly #removedListeners = new Set<Listener<RemovedFunction>>();

  constructor({ functions, aliases, random = Math.random }: CatalogParts) {
    this.#store = functions;
    this.#aliasStore = aliases;
    this.#random = random;
  }

  /** The version that a reference means at this moment. An alias of two versions gives each its share, call by call. */
  async resolve(reference: FunctionReference): Promise<FunctionVersion> {
    const { name, alias } = reference;
    if (alias !== undefined) return this.#versionOfAlias(name, alias);
    const fn = await this.show(name);
    // As a rule: without a look at anything else.
    return reference.version === undefined ? fn.latest : this.#version(fn, reference.version);
  }

  /** An alias as it is at this moment. */
  async alias(functionName: string, name: string): Promise<Alias> {
    await this.show(functionName);
    const key = `${functionName}:${name}`;
    const found = await this.#aliases.get(key, () => this.#aliasStore.find(functionName, name));
    if (found === undefined) throw aliasNotThere(functionName, name);
    return found;
  }

  /** All aliases of a function by name. */
  async aliases(functionName: string): Promise<readonly Alias[]> {
    await this.show(functionName);
    return this.#aliasStore.list(functionName);
  }

  async #versionOfAlias(name: string, alias: string): Promise<FunctionVersion> {
    const { functionId, target } = await this.alias(name, alias);
    const version = await this.#version(await this.show(name), chooseVersion(target, this.#random()));
    // The name was removed and deployed anew in between, and that function has no such alias.
    if (version.functionId !== functionId) throw aliasNotThere(name, alias);
    return version;
  }

  async #version({ name, latest }: DeployedFunction, number: number): Promise<FunctionVersion> {
    if (number === latest.number) return latest;
    const version = await this.#versions.get(`${name}@${number}`, () => this.#store.findVersion(name, number));
    if (version) return version;
    throw versionNotThere(name, number, latest.number);
  }

  async show(name: string): Promise<DeployedFunction> {
    const checked = parseFunctionName(name);
    const fn = await this.#functions.get(checked, () => this.#store.find(checked));
    if (fn === undefined) throw functionNotThere(checked);
    return fn;
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
  async remove(name: string, precondition?: Precondition): Promise<void> {
    const checked = parseFunctionName(name);
    const id = await this.#store.remove(checked, precondition);
    failpoint('remove.after_commit');
    this.#forget(checked);
    if (id === undefined) throw functionNotThere(checked);
    for (const listener of this.#removedListeners) listener({ id, name: checked });
    failpoint('remove.told');
  }

  /** Removes one version, then tells those who listen. Calls that run on it end as they would have. */
  async removeVersion(name: string, number: number, precondition?: Precondition): Promise<void> {
    const checked = parseFunctionName(name);
    const id = await this.#store.removeVersion(checked, number, precondition);
    this.changed({ id, name: checked });
  }

  /** For whoever changed a function's aliases or versions, once the store has acknowledged it. */
  changed(fn: ChangedFunction): void {
    this.#forget(fn.name);
    for (const listener of this.#changedListeners) listener(fn);
  }

  /** For the deployer: a version was published and acknowledged by the store. */
  published(fn: DeployedFunction): void {
    this.#forget(fn.name);
    for (const listener of this.#publishedListeners) listener(fn);
  }

  /** For the feed of changes: another server changed a function, or removed it. Whoever listens is told as of a change here. */
  changedElsewhere({ id, name }: ChangedFunction, removed: boolean): void {
    this.#forget(name);
    for (const listener of removed ? this.#removedListeners : this.#changedListeners) listener({ id, name });
  }

  /** Says whether the changes of other servers are told: while they are not, nothing is remembered. */
  set followsOthers(follows: boolean) {
    for (const cache of [this.#functions, this.#versions, this.#aliases]) cache.remembers = follows;
  }

  /** The listener is called after each publish, and must not throw. Returns what ends it. */
  onPublished(listener: Listener<DeployedFunction>): () => void {
    this.#publishedListeners.add(listener);
    return () => this.#publishedListeners.delete(listener);
  }

  /** The listener is called when aliases lead elsewhere or a version is gone, and must not throw. Returns what ends it. */
  onChanged(listener: Listener<ChangedFunction>): () => void {
    this.#changedListeners.add(listener);
    return () => this.#changedListeners.delete(listener);
  }

  /** The listener is called after each removal of a function, and must not throw. Returns what ends it. */
  onRemoved(listener: Listener<RemovedFunction>): () => void {
    this.#removedListeners.add(listener);
    return () => this.#removedListeners.delete(listener);
  }

  /** The one place where what is remembered of a name ends. */
  #forget(name: string): void {
    this.#functions.forget(name);
    this.#versions.forgetStartingWith(`${name}@`);
    this.#aliases.forgetStartingWith(`${name}:`);
  }
}

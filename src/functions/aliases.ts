import { failpoint } from '../failpoints.ts';
import type { Alias } from './alias.ts';
import type { AliasStore, ChangedAlias } from './alias-store.ts';
import { parseAliasTarget } from './alias-target.ts';
import type { ChangedFunction } from './catalog.ts';
import { parseFunctionName } from './function-name.ts';
import type { Precondition } from './precondition.ts';
import { parseAliasName } from './reference.ts';

interface AliasesParts {
  readonly store: AliasStore;
  /** Told of every change before it is acknowledged, so that the next call goes where the alias leads now. */
  readonly catalog: { changed(fn: ChangedFunction): void };
  readonly clock: () => Date;
}

/** Changes where aliases lead. Looking at them is the catalog's. */
export class Aliases {
  readonly #parts: AliasesParts;

  constructor(parts: AliasesParts) {
    this.#parts = parts;
  }

  /**
   * Makes an alias, or lets it lead elsewhere. Nothing changes when it leads there already.
   * @throws SraasError `INVALID_NAME`, `INVALID_ALIAS`, and what the store throws.
   */
  async put(functionName: string, name: string, document: unknown, precondition?: Precondition): Promise<ChangedAlias> {
    const { store, clock } = this.#parts;
    const names = namesOf(functionName, name);
    const target = parseAliasTarget(document);
    const changed = await store.put({ ...names, target, at: clock(), ...conditional(precondition) });
    failpoint('alias.after_commit');
    if (changed.outcome !== 'unchanged') this.#changed(changed.alias);
    failpoint('alias.told');
    return changed;
  }

  /**
   * Lets an alias lead where it led before its last change, or to one version.
   * @throws SraasError `INVALID_NAME`, `ALIAS_NOT_FOUND`, `VERSION_NOT_FOUND` when there is nothing to go back to, and what the
   * store throws.
   */
  async rollBack(functionName: string, name: string, to?: number, precondition?: Precondition): Promise<Alias> {
    const { store, clock } = this.#parts;
    const alias = await store.rollBack({
      ...namesOf(functionName, name),
      at: clock(),
      ...(to === undefined ? {} : { target: { version: to } }),
      ...conditional(precondition),
    });
    this.#changed(alias);
    return alias;
  }

  /** @throws SraasError `INVALID_NAME`, `ALIAS_NOT_FOUND`, and what the store throws. */
  async remove(functionName: string, name: string, precondition?: Precondition): Promise<void> {
    const removed = await this.#parts.store.remove(parseFunctionName(functionName), parseAliasName(name), precondition);
    this.#changed(removed);
  }

  #changed({ functionId, functionName }: Alias): void {
    this.#parts.catalog.changed({ id: functionId, name: functionName });
  }
}

/** @throws SraasError `INVALID_NAME` */
function namesOf(functionName: string, name: string): { readonly functionName: string; readonly name: string } {
  return { functionName: parseFunctionName(functionName), name: parseAliasName(name) };
}

function conditional(precondition: Precondition | undefined): { readonly precondition?: Precondition } {
  return precondition === undefined ? {} : { precondition };
}

import type { Change } from '../wire/change.ts';
import type { Alias, AliasTarget } from './alias.ts';
import type { Precondition } from './precondition.ts';

/** Where an alias is to lead from now on. */
export interface AliasDraft {
  readonly functionName: string;
  readonly name: string;
  readonly target: AliasTarget;
  readonly precondition?: Precondition;
  readonly at: Date;
}

/** A wish to let an alias lead where it led before its last change, or to what is named. */
export type AliasRollback = Omit<AliasDraft, 'target'> & Partial<Pick<AliasDraft, 'target'>>;

export interface ChangedAlias {
  readonly alias: Alias;
  readonly outcome: Change;
}

/** Most aliases of one function; each keeps the sandboxes of what it points at. */
export const mostAliases = 100;

/**
 * Where aliases are kept. Names are taken as they are: callers have checked them. The guarantees are those of the function
 * store; a version that an alias points at cannot be removed meanwhile.
 */
export interface AliasStore {
  find(functionName: string, name: string): Promise<Alias | undefined>;
  /** All of a function by name, at most {@link mostAliases}; none for an unknown function. */
  list(functionName: string): Promise<readonly Alias[]>;
  /** All of all functions, for the start of a server. */
  all(): Promise<readonly Alias[]>;
  /**
   * @throws SraasError `FUNCTION_NOT_FOUND`; `INVALID_ALIAS` when a version is not there, or there are as many as may be;
   * `PRECONDITION_FAILED`.
   */
  put(draft: AliasDraft): Promise<ChangedAlias>;
  /**
   * Lets it lead where it led before, and remembers where it leads now.
   * @throws SraasError `FUNCTION_NOT_FOUND`, `ALIAS_NOT_FOUND`; `VERSION_NOT_FOUND` when it never led elsewhere, or a version is
   * not there; `PRECONDITION_FAILED`.
   */
  rollBack(wish: AliasRollback): Promise<Alias>;
  /** @throws SraasError `FUNCTION_NOT_FOUND`, `ALIAS_NOT_FOUND`, `PRECONDITION_FAILED`. */
  remove(functionName: string, name: string, precondition?: Precondition): Promise<Alias>;
}

import type { Alias } from './alias.ts';
import type { DeployedFunction, FunctionId } from './function.ts';

/**
 * The tag of a function's present state, for `ETag` and `If-Match`: it changes with each publish, and a function made anew
 * under the same name never has one of those before. Without the quotes.
 */
export function functionTag(id: FunctionId, newestVersion: number): string {
  return `${id}.${newestVersion}`;
}

export function tagOfFunction({ id, latest }: DeployedFunction): string {
  return functionTag(id, latest.number);
}

/** The same for an alias; the time keeps apart those that were removed and made again. */
export function tagOfAlias({ functionId, revision, createdAt }: Alias): string {
  return `${functionId}.${createdAt.getTime().toString(36)}.${revision}`;
}

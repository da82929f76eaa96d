import type { FunctionId } from './function.ts';

/** A version that a share of an alias's calls goes to. */
export interface OtherShare {
  readonly version: number;
  /** 1 to 99, of 100 calls. */
  readonly percent: number;
}

/** Where an alias leads: to one version, or to one and a share of the calls to another. */
export interface AliasTarget {
  readonly version: number;
  readonly other?: OtherShare;
}

/** A movable name for a function's versions, `live` for example. */
export interface Alias {
  readonly functionId: FunctionId;
  readonly functionName: string;
  readonly name: string;
  readonly target: AliasTarget;
  /** What it pointed at before its last change; undefined before the first. */
  readonly previous: AliasTarget | undefined;
  /** 1 when it is made, and one more with each change. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * The version that one call goes to.
 * @param random from 0 up to, but not including, 1: the calls of one alias share out by chance, each for itself.
 */
export function chooseVersion({ version, other }: AliasTarget, random: number): number {
  return other !== undefined && random * 100 < other.percent ? other.version : version;
}

export function versionsOf({ version, other }: AliasTarget): readonly number[] {
  return other === undefined ? [version] : [version, other.version];
}

export function isSameTarget(a: AliasTarget, b: AliasTarget): boolean {
  return a.version === b.version && a.other?.version === b.other?.version && a.other?.percent === b.other?.percent;
}

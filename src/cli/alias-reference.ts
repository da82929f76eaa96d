import { UsageError } from './usage-error.ts';

/** Splits `hello:live`. @throws UsageError for text without both names; what they may be is the server's to judge. */
export function parseAliasReference(text: string): { readonly name: string; readonly alias: string } {
  const [, name, alias] = /^([^:]+):([^:]+)$/.exec(text) ?? [];
  if (name !== undefined && alias !== undefined) return { name, alias };
  throw new UsageError(`${text} names no alias: give the function and the alias, like hello:live.`);
}

/** A version's number that was typed. @throws UsageError */
export function parseVersionNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`${text} is not the number of a version, like 3.`);
}

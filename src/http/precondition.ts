import type { Request, Response } from 'express';
import { SraasError } from '../errors.ts';
import type { Precondition } from '../functions/precondition.ts';

/** One entity tag of a list and what follows it. Source: RFC 9110, sections 8.8.3 and 5.6.1. */
const oneTag = /^[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)/;

/**
 * Reads `If-Match` and `If-None-Match` of a request that changes something (RFC 9110, section 13.1).
 * @returns undefined when it has neither.
 * @throws SraasError `BAD_REQUEST` for what is no list of tags.
 */
export function preconditionOf(request: Request): Precondition | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match === undefined && noneMatch === undefined) return undefined;
  return {
    // A weak tag never matches where something is to be changed.
    ...(match === undefined ? {} : { ifMatch: tagsOf('If-Match', match, false) }),
    ...(noneMatch === undefined ? {} : { ifNoneMatch: tagsOf('If-None-Match', noneMatch, true) }),
  };
}

/** Express itself answers 304 to a GET whose `If-None-Match` names the tag that is set here. */
export function setTag(response: Response, tag: string): void {
  response.set('ETag', quoted(tag));
}

/** A tag as `ETag` and `If-Match` have it. */
export function quoted(tag: string): string {
  return `"${tag}"`;
}

function tagsOf(header: string, value: string, withWeak: boolean): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const tags: string[] = [];
  let rest = value;
  while (rest.trim() !== '') {
    const found = oneTag.exec(rest);
    if (found === null) {
      throw new SraasError('BAD_REQUEST', `${header} takes * or tags in quotes, as they came in the header ETag.`);
    }
    const [all, weak, tag = ''] = found;
    if (weak === undefined || withWeak) tags.push(tag);
    rest = rest.slice(all.length);
  }
  return tags;
}

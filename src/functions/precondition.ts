import { SraasError } from '../errors.ts';

/**
 * What a client believes of a thing that it changes. The store makes the change only while that holds, and looks in the
 * transaction that makes it.
 */
export interface Precondition {
  /** Tags of which one must be the present one; `*` for any, so that the thing must be there. */
  readonly ifMatch?: '*' | readonly string[];
  /** Tags of which none may be the present one; `*` for any, so that there must be nothing yet. */
  readonly ifNoneMatch?: '*' | readonly string[];
}

/**
 * @param tag of the present state; undefined when there is nothing.
 * @param what names it in the message: `function hello`.
 * @throws SraasError `PRECONDITION_FAILED`
 */
export function requireHolding(precondition: Precondition | undefined, tag: string | undefined, what: string): void {
  const { ifMatch, ifNoneMatch } = precondition ?? {};
  if (ifMatch !== undefined && !includes(ifMatch, tag)) {
    throw new SraasError(
      'PRECONDITION_FAILED',
      tag === undefined
        ? `There is no ${what}: create it with If-None-Match: *, or without a condition.`
        : `The ${what} has changed: its tag is "${tag}" now, so look at it again and decide anew.`,
    );
  }
  if (ifNoneMatch !== undefined && includes(ifNoneMatch, tag)) {
    throw new SraasError('PRECONDITION_FAILED', `There is a ${what} already: change it with If-Match: "${tag ?? ''}".`);
  }
}

function includes(tags: '*' | readonly string[], tag: string | undefined): boolean {
  return tag !== undefined && (tags === '*' || tags.includes(tag));
}

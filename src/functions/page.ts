import { SraasError } from '../errors.ts';

/** A part of a list. `next` is where the following part starts, undefined when this is the last one. */
export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  readonly next: Cursor | undefined;
}

const maxPageSize = 1000;

/**
 * Reads one page through a function that gives at most so many items: it is asked for one more than is shown, to know
 * whether there are more.
 *
 * @throws SraasError `INVALID_QUERY` when the limit is not a whole number from 1 to 1,000.
 */
export async function readPage<Item, Cursor>(
  limit: number,
  read: (limit: number) => Promise<readonly Item[]>,
  cursorOf: (item: Item) => Cursor,
): Promise<Page<Item, Cursor>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageSize) {
    throw new SraasError('INVALID_QUERY', `The limit of a page is a whole number from 1 to ${maxPageSize}.`);
  }
  const found = await read(limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

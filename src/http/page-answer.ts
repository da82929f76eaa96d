import type { Page } from '../functions/page.ts';
import type { PagedDocuments } from '../wire/page.ts';

/** A page of a list as clients see it. */
export function pageToWire<Member extends keyof PagedDocuments, Item>(
  member: Member,
  { items, next }: Page<Item, string | number>,
  toWire: (item: Item) => PagedDocuments[Member],
): object {
  return { [member]: items.map(toWire), next_cursor: next === undefined ? null : String(next) };
}

import type { Printer } from './printer.ts';
import { table } from './table.ts';

interface ListView<T> {
  readonly headings: readonly string[];
  /** One cell for each heading. */
  readonly row: (item: T) => readonly string[];
  /** What to say where there are no items. */
  readonly none: string;
}

/** Prints all items: as a table for people, as one JSON document for machines. */
export async function printList<T>(
  printer: Printer,
  items: AsyncIterable<T> | Iterable<T>,
  { headings, row, none }: ListView<T>,
): Promise<void> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  if (printer.json) printer.document(found);
  else if (found.length === 0) printer.note(none);
  else printer.block(table(headings, found.map(row)));
}

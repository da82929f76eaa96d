import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDirectory, readDocument, section, tableRows } from '../support/documents.ts';

const checklists = [
  ['S', 27],
  ['F', 21],
  ['T', 13],
  ['R', 31],
] as const;

const rows = tableRows(section(readDocument('docs/compatibility.md'), '## Checklists'));

/** Whether a file of tests has this very title as a whole text between quotes. */
function isThere(file: string, title: string): boolean {
  if (!existsSync(join(projectDirectory, file))) return false;
  const source = readDocument(file).replaceAll("\\'", "'");
  return ["'", '"', '`'].some((quote) => source.includes(quote + title + quote));
}

describe('the checklists of the predecessors', () => {
  it('have a row for every line, in their order, and no other', () => {
    const ids = checklists.flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    const shown = rows.map(([id = '']) => id);
    const byList = checklists.flatMap(([letter]) => shown.filter((id) => id.startsWith(letter)));
    expect(byList).toEqual(ids);
    expect(shown).toHaveLength(ids.length);
  });

  it.each(rows)('%s: %s is held by tests that are there, or says why not', (_id, _what, heldBy = '') => {
    const named = [...heldBy.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)];
    if (named.length === 0) expect(heldBy).toMatch(/^(Not there|Does not apply)\b.+\.$/);
    else expect(heldBy.split('<br>')).toHaveLength(named.length);
    expect(named.filter(([, file = '', title = '']) => !isThere(file, title)).map(([text]) => text)).toEqual([]);
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDirectory, readDocument, section, tableRows } from '../support/documents.ts';

/** One test that a document names: `` `test/e2e/cli.test.ts`: "title" ``. */
interface NamedTest {
  readonly file: string;
  readonly title: string;
}

function namedTests(text: string): readonly NamedTest[] {
  return [...text.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Whether a file of tests has this very title as a whole text between quotes. */
function isThere({ file, title }: NamedTest): boolean {
  if (!existsSync(join(projectDirectory, file))) return false;
  const source = readDocument(file).replaceAll("\\'", "'");
  return ["'", '"', '`'].some((quote) => source.includes(quote + title + quote));
}

describe.each(['docs/specification.md', 'docs/security.md', 'docs/attacks-and-faults.md'])('%s', (path) => {
  it('names only tests that are there', () => {
    const tests = namedTests(readDocument(path));
    expect(tests.length).toBeGreaterThan(20);
    expect(tests.filter((test) => !isThere(test))).toEqual([]);
  });
});

describe('the promises that are kept', () => {
  const rows = tableRows(section(readDocument('docs/specification.md'), '## Kept, and held by a test'));

  it.each(rows)('%s', (_promise, heldBy = '') => {
    expect(namedTests(heldBy)).not.toEqual([]);
    // Nothing but tests, so that none is written in a form that is not looked up.
    expect(heldBy.split('<br>')).toHaveLength(namedTests(heldBy).length);
  });
});

describe('the attacks and faults', () => {
  const document = readDocument('docs/attacks-and-faults.md');
  const tried = tableRows(section(document, '## Abuse of the API') + section(document, '## Faults'));

  it.each(tried)('%s', (_case, _holds, heldBy = '') => {
    expect(namedTests(heldBy)).not.toEqual([]);
    expect(heldBy.split('<br>')).toHaveLength(namedTests(heldBy).length);
  });

  it('have one row each, those of the API in their order', () => {
    const numbers = (kind: string): readonly number[] =>
      tried.flatMap(([id = '']) => (id.startsWith(kind) ? [Number(/\d+/.exec(id)?.[0])] : []));
    expect(numbers('AP')).toEqual([...new Set(numbers('AP'))].sort((a, b) => a - b));
    expect(new Set(numbers('FT')).size).toBe(numbers('FT').length);
  });

  it('have a row for every number that a test has in its title', () => {
    const titles = readdirSync(join(projectDirectory, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap(
        (file) => readDocument(`test/${file}`).match(/^.*\b(?:it|describe)\b.*['"`](?:(?:AP|FT)-\d+[ :]*)+.*$/gm) ?? [],
      );
    const named = new Set(titles.flatMap((title) => title.match(/\b(?:AP|FT)-\d+/g) ?? []));
    expect(named.size).toBeGreaterThan(20);
    const rows = tableRows(document).map(([id]) => id);
    expect([...named].filter((id) => !rows.includes(id))).toEqual([]);
  });
});

describe('the look-up of a test', () => {
  const file = 'test/unit/specification.test.ts';
  const title = 'finds whole titles only, and in their own file only';

  it('finds whole titles only, and in their own file only', () => {
    expect(isThere({ file, title })).toBe(true);
    expect(isThere({ file, title: title.slice(0, -1) })).toBe(false);
    expect(isThere({ file: 'test/unit/docs.test.ts', title })).toBe(false);
    expect(isThere({ file: 'test/unit/gone.test.ts', title })).toBe(false);
  });
});

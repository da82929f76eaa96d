import fc from 'fast-check';
import { join, normalize, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EntryNames } from '../../../src/artifacts/entry-names.ts';
import { checkPath } from '../../../src/artifacts/entry-path.ts';
import { defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import { SraasError } from '../../../src/errors.ts';

const limits = { ...defaultArtifactLimits, entries: 10 };

function refusal(attempt: () => void): SraasError | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof SraasError) return error;
    throw error;
  }
}

function addAll(...paths: readonly string[]): SraasError | undefined {
  const names = new EntryNames(limits);
  return refusal(() => {
    for (const path of paths) names.addFile(path);
  });
}

/** Strings made of the pieces that break path checks, and of anything. */
const hostilePath = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '//',
        '\\',
        'a',
        'A',
        ' ',
        'C:',
        '\0',
        '\n',
        'é',
        'e\u0301',
        'ß',
        '\ud800',
        '...',
        'x.ts',
      ),
      {
        maxLength: 12,
      },
    )
    .map((pieces) => pieces.join('')),
);

describe('an accepted path', () => {
  it('stays below the folder that it is joined to, as the same text', () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        fc.pre(
          refusal(() => {
            checkPath(path, limits);
          }) === undefined,
        );
        const joined = join('/store/tree', path);
        expect(joined).toBe(`/store/tree/${path}`);
        expect(resolve('/store/tree', path)).toBe(joined);
        expect(normalize(path)).toBe(path);
        expect(Buffer.from(path).toString()).toBe(path);
      }),
    );
  });

  it('may be anything that people call their files', () => {
    const usual = [
      'main.mjs',
      '.env',
      '.github/a',
      'ä/ö.txt',
      'node_modules/@scope/pkg/index.js',
      'a b.txt',
      '…',
      '日本語.py',
      'ab:c',
      '-rf',
      '..a',
    ];
    for (const path of usual)
      expect(
        refusal(() => {
          checkPath(path, limits);
        }),
      ).toBeUndefined();
  });
});

describe('a path is refused', () => {
  it.each([
    '',
    '/',
    '.',
    '..',
    'a/',
    '/a',
    'a//b',
    './a',
    'a/..',
    'a/../b',
    'a\\b',
    'C:a',
    'c:/a',
    'a.',
    'a ',
    'a./b',
    'a\0',
    'a\nb',
    'a\u0085',
    '\ud800',
  ])('as not acceptable: %j', (path) => {
    const error = refusal(() => {
      checkPath(path, limits);
    });
    expect(error?.code).toBe('INVALID_ARTIFACT');
    // What the message quotes is on one line and visible.
    expect(error?.message).toMatch(/^[\P{C}]*$/u);
  });

  it.each([
    ['a name of 256 bytes', 'n'.repeat(256)],
    ['a name of 255 characters and 256 bytes', `${'n'.repeat(254)}é`],
    ['a path of 1,025 bytes', `${'abcd/'.repeat(204)}abcde`],
    ['33 levels', `${'d/'.repeat(32)}f`],
  ])('as too large: %s', (_what, path) => {
    expect(
      refusal(() => {
        checkPath(path, { ...limits, depth: path.includes('abcd/') ? 1000 : 32 });
      })?.code,
    ).toBe('ARTIFACT_TOO_LARGE');
  });

  it('not at the limits themselves', () => {
    expect(
      refusal(() => {
        checkPath('n'.repeat(255), limits);
      }),
    ).toBeUndefined();
    expect(
      refusal(() => {
        checkPath(`${'d/'.repeat(31)}f`, limits);
      }),
    ).toBeUndefined();
  });

  it('in a message of bounded length', () => {
    expect(
      refusal(() => {
        checkPath(`../${'x'.repeat(60_000)}`, limits);
      })?.message.length,
    ).toBeLessThan(300);
  });
});

describe('two names collide', () => {
  it.each([
    ['the same file', 'a/b', 'a/b', 'twice'],
    ['case', 'a/README.md', 'a/readme.md', 'only by case'],
    ['case of a folder', 'Lib/a', 'lib/b', 'only by case'],
    ['composed and decomposed letters', '\u00e9.txt', 'e\u0301.txt', 'only by case'],
    ['sharp s', 'straße', 'STRASSE', 'only by case'],
    ['a ligature', '\ufb01le', 'file', 'only by case'],
    ['a file and then a folder', 'a', 'a/b', 'both a file and a folder'],
    ['a folder and then a file', 'a/b', 'a', 'both a file and a folder'],
    ['a file and a folder of another case', 'A', 'a/b', 'only by case'],
  ])('by %s', (_what, first, second, reason) => {
    const error = addAll(first, second);
    expect(error?.code).toBe('INVALID_ARTIFACT');
    expect(error?.message).toContain(reason);
  });

  it('whatever their order', () => {
    const name = fc
      .array(fc.constantFrom('a', 'A', 'b', 'ß', 'ss', 'é', 'e\u0301', '/'), { minLength: 1, maxLength: 5 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(name, name, (first, second) => {
        fc.pre(addAll(first) === undefined && addAll(second) === undefined);
        expect(addAll(first, second)?.code).toBe(addAll(second, first)?.code);
      }),
    );
  });

  it('not when one only starts like the other', () => {
    expect(addAll('fn/a', 'fn-evil/a', 'fn.txt', 'f')).toBeUndefined();
  });
});

describe('the number of names', () => {
  it('counts each folder once, whether it was named or not', () => {
    const names = new EntryNames(limits);
    names.addDirectory('a/b');
    names.addDirectory('a/b');
    for (let index = 0; index < 8; index += 1) names.addFile(`a/b/${index}`);
    expect(
      refusal(() => {
        names.addFile('a/b/more');
      })?.code,
    ).toBe('ARTIFACT_TOO_LARGE');
  });
});

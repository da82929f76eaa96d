import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../support/archives/read-archive.ts';
import { listTree, temporaryStore, uploaded, type TemporaryStore } from '../../support/archives/temporary-store.ts';

const node = { language: 'node' } as const;

/** Stages the sources and prints what `expression` gives in a Node of its own, where `load(path)` imports a staged file. */
async function evaluate(
  temporary: TemporaryStore,
  sources: Readonly<Record<string, string>>,
  expression: string,
): Promise<unknown> {
  const files = Object.entries(sources).map(([path, text]) => uploaded(path, text));
  const staged = await temporary.store.stage(files, node);
  const program = `const load = (path) => import(${JSON.stringify(staged.directory)} + '/' + path);
    console.log(JSON.stringify(await (${expression})));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--enable-source-maps',
    '--input-type=module',
    '-e',
    program,
  ]);
  return JSON.parse(stdout) as unknown;
}

const esm = { 'package.json': '{"type":"module"}' };

describe('a TypeScript source', () => {
  it.each([
    ['a.ts', 'a.js'],
    ['a.mts', 'a.mjs'],
    ['a.cts', 'a.cjs'],
    ['src/deep/a.ts', 'src/deep/a.js'],
  ])('%s becomes %s, and only that', async (source, emitted) => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage([uploaded(source, 'export const a: number = 1;')], node);
    expect(staged.files.map(({ path }) => path)).toEqual([emitted]);
    expect(staged.hasSourceMaps).toBe(true);
    expect((await listTree(join(staged.directory, '..'))).map(({ path }) => path)).not.toContain('sources/');
  });

  it.each(['a.d.ts', 'a.d.mts', 'node_modules/p/a.ts', 'lib/node_modules/p/a.cts', 'a.tsx', 'a.js'])(
    'is not %s, which stays as it is',
    async (path) => {
      await using temporary = await temporaryStore();
      const staged = await temporary.store.stage([uploaded(path, 'not: valid = anywhere')], node);
      expect(await listTree(staged.directory)).toContainEqual({ path, mode: '444', text: 'not: valid = anywhere' });
      expect(staged.hasSourceMaps).toBe(false);
    },
  );

  it('stays as it is where the language is Python', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage([uploaded('a.ts', '<TS language="de">')], { language: 'python' });
    expect(staged.files.map(({ path }) => path)).toEqual(['a.ts']);
  });

  it('may use what is more than types: enums, namespaces, standard decorators, parameter properties', async () => {
    await using temporary = await temporaryStore();
    const source = `
      export enum Colour { Red = 'r', Blue = 'b' }
      export namespace Shapes { export const sides: number = 4 }
      const twice = (method: (n: number) => number, _: unknown) => (n: number) => 2 * method(n);
      class Counter { constructor(private readonly start: number) {} @twice next(by: number): number { return by + 1 } get first() { return this.start } }
      const counter = new Counter(5);
      export const result = [Colour.Blue, Shapes.sides, counter.next(3), counter.first, (() => {}).name, Counter.name];
    `;
    expect(await evaluate(temporary, { ...esm, 'a.ts': source }, `load('a.js').then((m) => m.result)`)).toEqual([
      'b',
      4,
      8,
      5,
      '',
      'Counter',
    ]);
  });

  it('may start with a byte order mark', async () => {
    await using temporary = await temporaryStore();
    expect(
      await evaluate(temporary, { 'a.mts': '\uFEFFexport const a: number = 1;' }, `load('a.mjs').then((m) => m.a)`),
    ).toBe(1);
  });

  it('gives the same artifact each time', async () => {
    await using temporary = await temporaryStore();
    const sources = () =>
      Array.from({ length: 12 }, (_, index) => uploaded(`s/f${index}.ts`, `export const a: number = ${index};`));
    const first = await temporary.store.stage(sources(), node);
    const second = await temporary.store.stage(sources().reverse(), node);
    expect(second.hash).toBe(first.hash);
  });

  it('has a stack that names the user’s file and line', async () => {
    await using temporary = await temporaryStore();
    const source = `interface Unused {\n  a: string;\n}\n\nexport function fail(): never {\n  throw new Error('x');\n}\n`;
    for (const [path, emitted] of [
      ['src/a.ts', 'src/a.js'],
      ['src/b.cts', 'src/b.cjs'],
    ] as const) {
      const stack = await evaluate(
        temporary,
        { ...esm, [path]: source },
        `load('${emitted}').then((m) => m.fail()).catch((error) => error.stack)`,
      );
      expect(stack).toMatch(new RegExp(`/tree/${path.replace('.', '\\.')}:6:9\\b`));
    }
  });
});

describe('the module format of a TypeScript source', () => {
  const source = `export const isEsm: boolean = typeof require === 'undefined';`;

  it.each([
    ['a.mts', 'a.mjs', '{"type":"commonjs"}', true],
    ['a.cts', 'a.cjs', '{"type":"module"}', false],
    ['a.ts', 'a.js', '{"type":"module"}', true],
    ['a.ts', 'a.js', '{"type":"commonjs"}', false],
    ['deep/er/a.ts', 'deep/er/a.js', '{"type":"commonjs"}', false],
  ])('of %s, loaded as %s beside %s, is an ES module: %s', async (path, emitted, packageJson, isEsm) => {
    await using temporary = await temporaryStore();
    const files = { [path]: source, 'package.json': packageJson };
    expect(await evaluate(temporary, files, `load('${emitted}').then((m) => m.isEsm)`)).toBe(isEsm);
  });

  it('is decided by the nearest package.json', async () => {
    await using temporary = await temporaryStore();
    const files = {
      'package.json': '{"type":"commonjs"}',
      'sub/package.json': '{"type":"module"}',
      'sub/a.ts': source,
    };
    expect(await evaluate(temporary, files, `load('sub/a.js').then((m) => m.isEsm)`)).toBe(true);
  });

  it('is kept as written where no package.json says anything', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage([uploaded('a.ts', source), uploaded('package.json', '{ broken')], node);
    expect((await listTree(staged.directory))[0]?.text).toContain('export const isEsm');
  });
});

describe('an import in a TypeScript source', () => {
  const value = 'export const value: string = import.meta.url.split("/tree/")[1] ?? "";';

  it.each([
    ['./b.ts', 'b.ts', 'b.js'],
    ['./b.js', 'b.ts', 'b.js'],
    ['./b.mts', 'b.mts', 'b.mjs'],
    ['./b', 'b.ts', 'b.js'],
    ['./b', 'b.mjs', 'b.mjs'],
    ['./lib', 'lib/index.ts', 'lib/index.js'],
    ['./lib/', 'lib/index.mts', 'lib/index.mjs'],
    ['../main/b', 'main/b.ts', 'main/b.js'],
  ])('of %s finds %s as %s', async (specifier, path, loaded) => {
    await using temporary = await temporaryStore();
    const folder = specifier.startsWith('../') ? 'src/' : '';
    const written = {
      static: `import { value } from '${specifier}'; export { value };`,
      reexport: `export * from '${specifier}';`,
      annotated: `const { value } = await import(/* @vite-ignore */ '${specifier}'); export { value };`,
      dynamic: `const { value } = await import('${specifier}'); export { value };`,
    };
    for (const source of Object.values(written)) {
      const javaScript = path.endsWith('js') ? value.replace(': string', '') : value;
      const files = { ...esm, [`${folder}a.ts`]: source, [path]: javaScript };
      expect(await evaluate(temporary, files, `load('${folder}a.js').then((m) => m.value)`)).toBe(loaded);
    }
  });

  it('is rewritten in CommonJS too, and keeps its place in stacks', async () => {
    await using temporary = await temporaryStore();
    const files = {
      'package.json': '{"type":"commonjs"}',
      'a.ts': `import { b } from './b.ts';\nimport c = require('./c');\nexport const result: number = b + c.c;`,
      'b.ts': 'export const b: number = 1;',
      'c.ts': 'export const c: number = 2;',
    };
    expect(await evaluate(temporary, files, `load('a.js').then((m) => m.default.result)`)).toBe(3);
  });

  it('of types only is gone', async () => {
    await using temporary = await temporaryStore();
    const files = {
      ...esm,
      'a.ts': `import type { T } from './types'; import { U } from './types'; export const a: T | U = 1;`,
      'types.d.ts': 'export type T = number; export type U = number;',
    };
    expect(await evaluate(temporary, files, `load('a.js').then((m) => m.a)`)).toBe(1);
  });

  it.each([
    `import x from 'package';`,
    `import x from 'node:fs';`,
    `import x from './missing.ts';`,
    `import x from '../../outside.ts';`,
    `import x from './b.ts?query';`,
    'const x = await import(`./${name}.ts`);',
    `const x = "import './b.ts'";`,
    `const x = require("./b.ts");`,
  ])('is left as written: %s', async (statement) => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage([uploaded('a.ts', `${statement}\nuse(x);`), uploaded('b.ts')], node);
    const [emitted = ''] = (await listTree(staged.directory))[0]?.text.split('//# sourceMappingURL') ?? [];
    expect(emitted.replaceAll('"', "'")).toContain(statement.replaceAll('"', "'").replace(/;$/, ''));
  });
});

describe('TypeScript is refused', () => {
  it('with every error of every file, by the user’s line and column', async () => {
    await using temporary = await temporaryStore();
    const files = [
      uploaded('b.ts', 'const é = "é"; let x; let x;\nlet y; let y;'),
      uploaded('src/a.ts', 'const a: = 1;'),
      uploaded('ok.ts', 'export {};'),
      uploaded('we(1,2): error.ts', 'const'),
    ];
    const error = await refusalOf(temporary.store.stage(files, node));
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(error.message).toContain('b.ts:1:27: ');
    expect(error.message).toContain('3 more');
    expect(error.violations).toEqual([
      { pointer: '/files/b.ts', message: expect.stringMatching(/^b\.ts:1:27: .*"x"/) as string },
      { pointer: '/files/b.ts', message: expect.stringMatching(/^b\.ts:2:12: .*"y"/) as string },
      { pointer: '/files/src~1a.ts', message: expect.stringMatching(/^src\/a\.ts:1:10: /) as string },
      { pointer: '/files/we(1,2): error.ts', message: expect.stringMatching(/^we\(1,2\): error\.ts:1:6: /) as string },
    ]);
    expect(await temporary.staged()).toEqual([]);
  });

  it.each([
    ['a.ts', 'a.js'],
    ['a.mts', 'a.mjs'],
  ])('as %s beside %s, which it would become', async (source, taken) => {
    await using temporary = await temporaryStore();
    const error = await refusalOf(temporary.store.stage([uploaded(source), uploaded(taken)], node));
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(error.message).toContain(`"${source}" would become "${taken}"`);
  });

  it('when what it would become collides with another name', async () => {
    await using temporary = await temporaryStore();
    expect((await refusalOf(temporary.store.stage([uploaded('a.ts'), uploaded('A.js')], node))).message).toContain(
      'only by case',
    );
    expect((await refusalOf(temporary.store.stage([uploaded('a.ts'), uploaded('a.js/x')], node))).message).toContain(
      'both a file and a folder',
    );
    expect(await temporary.staged()).toEqual([]);
  });

  it('when it is not UTF-8', async () => {
    await using temporary = await temporaryStore();
    expect(
      (await refusalOf(temporary.store.stage([uploaded('a.ts', Buffer.from([0xff, 0xfe]))], node))).message,
    ).toContain('not UTF-8');
  });

  it('when one source or their number is too large', async () => {
    await using temporary = await temporaryStore();
    expect((await refusalOf(temporary.store.stage([uploaded('a.ts', Buffer.alloc(5_000_001, 32))], node))).code).toBe(
      'ARTIFACT_TOO_LARGE',
    );
    const many = Array.from({ length: 2001 }, (_, index) => uploaded(`${index}.ts`));
    expect((await refusalOf(temporary.store.stage(many, node))).code).toBe('ARTIFACT_TOO_LARGE');
  });

  it('when the emitted JavaScript passes the cap on all files', async () => {
    await using temporary = await temporaryStore({ totalBytes: 1000 });
    const source = `export const a: string = "${'x'.repeat(700)}";`;
    expect((await refusalOf(temporary.store.stage([uploaded('a.ts', source)], node))).code).toBe('ARTIFACT_TOO_LARGE');
  });

  it('when a few bytes of it would fill the memory, and the next one is transpiled as ever', async () => {
    await using temporary = await temporaryStore();
    const members = Array.from({ length: 40 }, (_, index) => `a${index + 1} = a${index} + a${index}`);
    const bomb = `enum Bomb { a0 = 'xxxxxxxx', ${members.join(', ')} }`;
    const error = await refusalOf(
      temporary.store.stage([uploaded('bomb.ts', bomb), uploaded('ok.ts', 'let a: number = 1;')], node),
    );
    expect(error.violations).toEqual([
      { pointer: '/files/bomb.ts', message: expect.stringContaining('too much memory or time') as string },
    ]);
    expect((await temporary.store.stage([uploaded('ok.ts', 'let a: number = 1;')], node)).files).toHaveLength(1);
  }, 30_000);

  it('when it nests deeper than any parser can follow', async () => {
    await using temporary = await temporaryStore();
    const error = await refusalOf(temporary.store.stage([uploaded('deep.ts', `x=${'['.repeat(4_000_000)}`)], node));
    expect(error.message).toContain('too much memory or time');
  }, 30_000);
});

describe('source maps that came with the upload', () => {
  it('are noticed beside the user’s own JavaScript, not in packages', async () => {
    await using temporary = await temporaryStore();
    expect((await temporary.store.stage([uploaded('a.js'), uploaded('a.js.map', '{}')], node)).hasSourceMaps).toBe(
      true,
    );
    expect(
      (await temporary.store.stage([uploaded('a.js'), uploaded('node_modules/p/a.js.map', '{}')], node)).hasSourceMaps,
    ).toBe(false);
  });
});

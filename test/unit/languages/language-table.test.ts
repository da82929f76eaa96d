import { describe, expect, it } from 'vitest';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { Language } from '../../../src/languages/language.ts';
import { descriptionOf, originIn, whyMissing, wantedRuntimes } from '../../../src/languages/wanted-runtimes.ts';
import { builtInRuntimes } from '../../../src/runtimes/runtime.ts';

function language(name: string, members: Partial<Language> = {}): Language {
  const rest = { aliases: [], fileName: 'f', command: ['x'], isCopied: false, example: '', highlighting: name };
  return { name, runtime: `${name}-runtime`, ...rest, ...members };
}

describe('the built-in languages', () => {
  const table = new LanguageTable(builtInLanguages);

  it.each([
    ['javascript', ['js', 'node', 'nodejs']],
    ['typescript', ['ts']],
    ['python3', ['python', 'py']],
    ['sh', ['ash', 'shell']],
    ['bash', []],
  ])('has %s under all its names, on a built-in runtime and with an example', (name, aliases) => {
    const found = table.find(name);
    expect(found?.aliases).toStrictEqual(aliases);
    for (const alias of aliases) expect(table.find(alias)).toBe(found);
    expect(builtInRuntimes.map((runtime) => runtime.name)).toContain(found?.runtime);
    expect(found?.example).not.toBe('');
  });

  it('hoists the imports of an inline expression in JavaScript', () => {
    const pattern = table.find('js')?.inline?.imports?.expression;
    const code = [
      'import a from "a";',
      "import { b,\n  c } from 'b'",
      'import "./d.js";',
      "import e from 'e' with { type: 'json' };",
      'import("f"); importable("g");',
    ];
    expect(pattern && code.join('\n').match(pattern)).toStrictEqual(code.slice(0, 4));
  });
});

describe('a table of languages', () => {
  const builtIn = [language('a', { aliases: ['b', 'c'] }), language('d')];

  it('finds by name and alias, and lists by name', () => {
    const table = new LanguageTable([...builtIn].reverse());
    expect(table.list().map(({ name }) => name)).toStrictEqual(['a', 'd']);
    expect([table.find('c')?.name, table.find('d')?.name, table.find('e')]).toStrictEqual(['a', 'd', undefined]);
  });

  it('prefers the languages of the operator, and leaves out those that are to be no more', () => {
    const table = new LanguageTable(builtIn);
    table.replace([language('b', { runtime: 'mine' }), language('e', { aliases: ['d'] })], ['c']);
    expect(table.list().map(({ name, aliases }) => [name, ...aliases])).toStrictEqual([['a'], ['b'], ['e', 'd']]);
    expect([table.find('b')?.runtime, table.find('c'), table.find('d')?.name]).toStrictEqual(['mine', undefined, 'e']);
    table.replace([], []);
    expect(table.find('c')?.name).toBe('a');
  });
});

describe('the runtimes that languages name an image for', () => {
  const table = new LanguageTable([
    language('c', { image: 'gcc:14', runtime: 'gcc-14' }),
    language('cpp', { image: 'gcc:14', runtime: 'gcc-14' }),
    language('own', { image: 'tool', runtime: 'tool', command: [] }),
    language('sh'),
  ]);

  it('are made once for each image, and leave the image its entry point only where that is what runs', () => {
    expect(wantedRuntimes(table)).toStrictEqual([
      {
        name: 'gcc-14',
        image: 'gcc:14',
        languages: ['c', 'cpp'],
        dockerfile: 'FROM gcc:14\nWORKDIR /\nENTRYPOINT []\nCMD ["/bin/sh"]\n',
        origin: 'Made of gcc:14',
      },
      {
        name: 'tool',
        image: 'tool',
        languages: ['own'],
        dockerfile: 'FROM tool\nWORKDIR /\nCMD []\n',
        origin: 'Made of tool with its entry point',
      },
    ]);
  });

  it('are known again by their description, unlike those that somebody else made', () => {
    const descriptions = wantedRuntimes(table).map(descriptionOf);
    expect(descriptions).toStrictEqual(['Made of gcc:14 for c, cpp', 'Made of tool with its entry point for own']);
    expect(descriptions.map(originIn)).toStrictEqual(wantedRuntimes(table).map(({ origin }) => origin));
    expect(['', 'Made of wood', 'Perl for reports'].map(originIn)).toStrictEqual([undefined, undefined, undefined]);
  });

  it('are made of Dockerfiles that the policy accepts', () => {
    for (const { dockerfile } of wantedRuntimes(table)) {
      expect(() => planDockerfile(dockerfile, 'amd64')).not.toThrow();
    }
  });

  it('are told of, with what makes them, as long as they are not there', () => {
    expect(whyMissing(table, 'tool', true)).toBe(
      'The runtime tool, which own runs on, is not made yet of the image tool: run a program in it, which ' +
        'makes it, or says why it cannot be made.',
    );
    expect(whyMissing(table, 'gcc-14', false)).toBe(
      'The runtime gcc-14, which c, cpp run on, is not made yet: put `FROM gcc:14` into a Dockerfile and run ' +
        '`npx sraas runtimes create gcc-14 Dockerfile --contract command`.',
    );
    expect(whyMissing(table, 'sh-runtime', true)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { readLanguages } from '../../../src/languages/format/read-languages.ts';

const read = (text: string, format: 'json' | 'yaml' = 'yaml') => readLanguages(text, format, 'the languages of x');

function reasons(text: string, format: 'json' | 'yaml' = 'yaml'): readonly string[] {
  try {
    read(text, format);
    return [];
  } catch (error) {
    if (!(error instanceof SraasError)) throw error;
    expect(error.code).toBe('INVALID_CONFIG');
    return error.violations.map(({ pointer, message }) => `${pointer} ${message}`);
  }
}

describe('our own format', () => {
  it('says of a language how its code becomes a program', () => {
    const { languages, removed, notes } = read(`
      languages:
        perl:
          aliases: [pl]
          runtime: perl-tools
          file: main.pl
          command: [perl, -w, main.pl]
          example: print "hello";
          highlighting: perl5
        c:
          image: gcc:14
          file: main.c
          compile: [gcc, -o, main, main.c]
          command: [./main]
          inline: { template: "$\${IMPORTS} int main() { $\${CODE} }", imports: '(?m)^#include .*$' }
        own: { image: "tool", file: in.txt }
        bash: null
    `);
    expect(languages[0]).toStrictEqual({
      name: 'perl',
      aliases: ['pl'],
      runtime: 'perl-tools',
      fileName: 'main.pl',
      command: ['perl', '-w', 'main.pl'],
      isCopied: false,
      example: 'print "hello";',
      highlighting: 'perl5',
    });
    expect(languages[1]).toMatchObject({
      runtime: 'gcc-14',
      image: 'gcc:14',
      compile: ['gcc', '-o', 'main', 'main.c'],
    });
    expect(languages[1]).toMatchObject({ isCopied: true, inline: { imports: { source: '(?m)^#include .*$' } } });
    expect(languages[2]).toMatchObject({ runtime: 'tool', command: [], highlighting: 'own' });
    expect([removed, notes]).toStrictEqual([['bash'], []]);
  });

  it('tells all that is wrong at once, each with where it is', () => {
    const document = {
      languages: {
        'a b': { runtime: 'node24', file: 'x' },
        two: { file: '../x', command: 'node', compile: [''], colour: 'red' },
        three: { runtime: 'a b', image: 'A B', file: 7, writable: 'yes', aliases: [1], inline: { template: 'x' } },
        five: { runtime: 'node24', file: 'x', compile: ['cc'] },
        four: { runtime: 'node24', file: 'x', inline: { template: '$${CODE}', imports: '(?=a)' } },
      },
      more: 1,
    };
    expect(reasons(JSON.stringify(document), 'json')).toStrictEqual([
      '/more is not known; known here are languages',
      expect.stringContaining('/languages/two/colour is not known; known here are aliases, runtime, '),
      '/languages/two/compile must be a list of words, the first of which names a program',
      '/languages/two/command must be a list of texts',
      '/languages/two/runtime is required: the name of a runtime, or an image to make one of',
      '/languages/two/file must be the relative path of a file, as in main.go',
      '/languages/three/image must be the name of an image, as in golang:latest',
      '/languages/three/writable must be true or false',
      '/languages/three/inline/template is required, with $${CODE} where the code goes',
      '/languages/three/aliases must be a list of texts',
      '/languages/three/runtime must be the name of a runtime',
      '/languages/three/file must be text',
      '/languages/five/command is required where there is a copy to run it in',
      '/languages/four/inline/imports may have flags at its start only, and no groups but (?:…) and (?P<name>…)',
      ' has the name "a b", which must begin with a letter or digit and have at most 64 of A-Z a-z 0-9 _ . + # -',
    ]);
  });

  it('refuses a name that two languages have, and two images that would be one runtime', () => {
    const one = { runtime: 'node24', file: 'x' };
    expect(reasons(JSON.stringify({ languages: { a: { ...one, aliases: ['b'] }, b: one } }), 'json')).toStrictEqual([
      ' has the name b twice, once as an alias',
    ]);
    const images = { a: { image: 'x/y', file: 'x' }, b: { image: 'x-y', file: 'x' } };
    expect(reasons(JSON.stringify({ languages: images }), 'json')).toStrictEqual([
      ' has the images x/y and x-y, which would both be the runtime x-y',
    ]);
  });

  it('refuses an image for a runtime that is built in, or could never be made', () => {
    const images = { a: { image: 'x', runtime: 'node24', file: 'x' }, b: { image: 'y', runtime: 'a.b', file: 'x' } };
    const told = reasons(JSON.stringify({ languages: images }), 'json');
    expect(told).toStrictEqual([
      expect.stringMatching(/^ names the runtime node24 to be made of x: node24 is a built-in runtime/),
      expect.stringMatching(/^ names the runtime a.b to be made of y: The name of a runtime starts with a letter/),
    ]);
  });

  it('gives images that are called as built-in runtimes are a runtime of their own', () => {
    const text =
      'a: { image: node24, filename: x }\nb: { image: dockerfile, filename: x }\nc: { image: golang, filename: x }';
    const named = read(text).languages.map(({ runtime }) => runtime);
    expect(named).toStrictEqual(['image-node24', 'image-dockerfile', 'golang']);
  });
});

describe('the spec format of ranna', () => {
  const spec = `
    tool: { image: 'lang:latest', entrypoint: 'lang run', filename: main.ln, language: ln, example: "say 1" }
    t: { use: tool }
    T+: { use: tool }
    built:
      image: 'reg.example.com/gcc'
      cmd: '/bin/sh -c "cc main.c -o m && ./m"'
      filename: main.c
      registry: ignored
      inline:
        import_regex: '(?m)^#include [<"]\\w+[>"]$'
        template: |-
          $\${IMPORTS}
          int main() { $\${CODE} }
    own: { image: 'own:2', filename: f, inline: { template: none } }
    far: { use: t }
    lost: { use: nothing }
    loop: { use: pool }
    pool: { use: loop }
  `;

  it('is accepted as it is', () => {
    const { languages, removed, notes } = read(spec);
    expect(languages).toMatchObject([
      { name: 'tool', aliases: ['t', 'T+'], runtime: 'lang', command: ['lang', 'run', 'main.ln'], highlighting: 'ln' },
      { name: 'built', runtime: 'reg-example-com-gcc', command: ['/bin/sh', '-c', 'cc main.c -o m && ./m'] },
      { name: 'own', runtime: 'own-2', command: [], isCopied: false },
    ]);
    expect(languages.map(({ isCopied }) => isCopied)).toStrictEqual([true, true, false]);
    expect(languages[1]?.inline?.template).toBe('$${IMPORTS}\nint main() { $${CODE} }');
    expect(languages[2]).not.toHaveProperty('inline');
    expect(removed).toStrictEqual([]);
    expect(notes).toStrictEqual([
      'far leads to t, which leads on.',
      'lost leads to nothing, which is not there.',
      'loop leads to pool, which leads on.',
      'pool leads to loop, which leads on.',
    ]);
  });

  it.each([
    ['one', ['one']],
    ['  go   run ', ['go', 'run']],
    ['sh -c "a && b  c" d', ['sh', '-c', 'a && b  c', 'd']],
    ["sh -c 'a b'", ['sh', '-c', "'a", "b'"]],
    ['a"b c"d ""', ['ab cd', '']],
  ])('reads the words of %j', (line, words) => {
    const text = JSON.stringify({ x: { image: 'i', cmd: line, filename: 'f' } });
    expect(read(text, 'json').languages[0]?.command).toStrictEqual(words);
  });

  it('tells what is missing or cannot be', () => {
    expect(reasons("{ a: {}, b: 7, c: { image: i, filename: f, cmd: 'x \"y', entrypoint: [a] } }")).toStrictEqual([
      '/b must be an object',
      '/a/image is required, where no use leads to another language',
      '/a/filename is required: the name of the file that the code is put into',
      '/c/entrypoint must be text',
      '/c/cmd has a double quote that is not closed',
    ]);
  });
});

describe('a text that holds no languages', () => {
  it.each([
    ['{', 'json', /^ cannot be read: .*JSON/],
    ['[]', 'json', /^ must be an object$/],
    ['', 'yaml', /^ must be an object$/],
    ['a: [', 'yaml', /^ cannot be read: .*line 1/],
    ['a: 1\na: 2', 'yaml', /^ cannot be read: .*unique/],
  ] as const)('%j is refused', (text, format, reason) => {
    expect(reasons(text, format)[0]).toMatch(reason);
  });

  it('is refused when it refers to its own parts over and over', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below = level === 0 ? '"x"' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => below).join(', ')}]`;
    });
    expect(reasons(levels.join('\n'))[0]).toMatch(/^ cannot be read: .*alias/i);
  });
});

import { describe, expect, it } from 'vitest';
import { parseDeb822Sources, parseSourcesList } from '../../../src/runtimes/apt-sources.ts';

describe('sources.list', () => {
  it('reads suite, components and keyring of a line', () => {
    const text = 'deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.test/debian bookworm main contrib # local\n';
    expect(parseSourcesList(text)).toEqual([
      { uri: 'http://mirror.test/debian', suite: 'bookworm', components: ['main', 'contrib'], keyring: '/keys/a.gpg' },
    ]);
  });

  it('leaves out comments, source packages and empty lines', () => {
    const text = '# deb http://a.test x main\n\ndeb-src http://a.test x main\n  # more\n';
    expect(parseSourcesList(text)).toEqual([]);
  });

  it('reads a flat repository, which has no components', () => {
    expect(parseSourcesList('deb http://a.test ./')).toEqual([
      { uri: 'http://a.test', suite: './', components: [], keyring: undefined },
    ]);
  });
});

describe('deb822 sources', () => {
  it('gives one source for each address and suite', () => {
    const text = [
      'Types: deb deb-src',
      '# a comment in between',
      'URIs: http://a.test/debian http://b.test/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /keys/a.gpg',
    ].join('\n');
    const sources = parseDeb822Sources(text);
    expect(sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.test/debian bookworm',
      'http://a.test/debian bookworm-updates',
      'http://b.test/debian bookworm',
      'http://b.test/debian bookworm-updates',
    ]);
    expect(sources[0]).toMatchObject({ components: ['main'], keyring: '/keys/a.gpg' });
  });

  it('reads values that go on over several lines, with names in any case', () => {
    const text = 'types: deb\nuris: http://a.test\nsuites:\n bookworm\n bookworm-updates\ncomponents: main\n';
    expect(parseDeb822Sources(text).map(({ suite }) => suite)).toEqual(['bookworm', 'bookworm-updates']);
  });

  it('leaves out paragraphs that are disabled or name source packages only', () => {
    const off = 'Types: deb\nEnabled: no\nURIs: http://a.test\nSuites: x\nComponents: main';
    const sourcesOnly = 'Types: deb-src\nURIs: http://a.test\nSuites: x\nComponents: main';
    expect(parseDeb822Sources(`${off}\n\n${sourcesOnly}\n`)).toEqual([]);
  });

  it('takes a key that stands in the paragraph itself for no keyring file', () => {
    const text = [
      'Types: deb',
      'URIs: http://a.test',
      'Suites: x',
      'Components: main',
      'Signed-By:',
      ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
      ' .',
      ' mQINBF',
    ].join('\n');
    expect(parseDeb822Sources(text)[0]?.keyring).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { languageRoutes } from '../../../src/http/routes/languages.ts';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import { readLanguages } from '../../../src/languages/format/read-languages.ts';
import { builtInRuntimes } from '../../../src/runtimes/runtime.ts';
import type { ShownRuntime } from '../../../src/runtimes/runtimes.ts';
import type { LanguageDocument } from '../../../src/wire/language.ts';
import { serve } from './served-app.ts';

class Away extends Error {}

async function languagesOf(show: () => Promise<readonly ShownRuntime[]>): Promise<readonly LanguageDocument[]> {
  const languages = new LanguageTable(builtInLanguages);
  languages.replace(
    readLanguages('c: { image: "gcc:14", cmd: "tcc -run f", filename: f }', 'yaml', 'it').languages,
    [],
  );
  const explain = (error: unknown) =>
    error instanceof Away ? new SraasError('ENGINE_UNAVAILABLE', 'Away.') : undefined;
  const { url } = await serve(languageRoutes({ languages, runtimes: { show }, explain }));
  const response = await fetch(`${url}/languages`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly languages: readonly LanguageDocument[] }).languages;
}

describe('GET /languages', () => {
  it('lists languages by name with all that they are, and how their runtimes are', async () => {
    const shown = builtInRuntimes.map((runtime): ShownRuntime => ({
      kind: 'built_in',
      state: { runtime, state: 'missing' },
    }));
    const languages = await languagesOf(() => Promise.resolve(shown));
    expect(languages.map(({ name }) => name)).toStrictEqual(['bash', 'c', 'javascript', 'python3', 'sh', 'typescript']);
    expect(languages[1]).toStrictEqual({
      name: 'c',
      aliases: [],
      runtime: 'gcc-14',
      runtime_state: 'missing',
      image: 'gcc:14',
      file: 'f',
      compile: null,
      command: ['tcc', '-run', 'f'],
      writable: true,
      example: '',
      highlighting: 'c',
      inline: null,
    });
    expect(languages[2]?.aliases).toStrictEqual(['js', 'node', 'nodejs']);
    expect(languages[2]?.inline?.imports).toMatch(/^\(\?m\)/);
  });

  it('lists them while the engine is away as well', async () => {
    const languages = await languagesOf(() => Promise.reject(new Away()));
    expect(new Set(languages.map(({ runtime_state: state }) => state))).toStrictEqual(new Set(['unknown']));
  });
});

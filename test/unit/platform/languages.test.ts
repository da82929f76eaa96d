import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { openLanguageRuntimes } from '../../../src/platform/language-runtimes.ts';
import { openLanguages } from '../../../src/platform/languages.ts';
import type { Surroundings } from '../../../src/platform/surroundings.ts';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { readLanguages } from '../../../src/languages/format/read-languages.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { RuntimeCatalog } from '../../../src/runtimes/runtime-catalog.ts';
import { Runtimes } from '../../../src/runtimes/runtimes.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { workshop } from '../runtimes/custom/workshop.ts';

/** A server's surroundings with these flags, and what was logged. */
function surroundingsWith(flags: Readonly<Record<string, string>>) {
  const logged: string[] = [];
  const log = (message: string): void => {
    logged.push(message);
  };
  const closers: (() => Promise<void>)[] = [];
  const surroundings: Surroundings = {
    config: parseConfig({ flags, environment: {} }),
    logger: { error: log, warn: log, info: log, debug: log },
    clock: () => new Date(),
    installDirectory: '/nowhere',
    onFailure: log,
    onStop: (close) => {
      closers.push(close);
    },
  };
  const close = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((each) => each()));
  };
  onTestFinished(close);
  return { surroundings, logged, close };
}

const names = (table: Pick<LanguageTable, 'list'>): readonly string[] => table.list().map(({ name }) => name);
const builtIn = names(new LanguageTable(builtInLanguages));

describe('the languages of a server', () => {
  it('are the built-in ones where nothing else is said', async () => {
    const { languages } = await openLanguages(surroundingsWith({}).surroundings);
    expect(names(languages)).toStrictEqual(builtIn);
  });

  it('are those of a file as well, which must be in order when the server starts', async () => {
    const folder = await temporaryFolder({
      'good.yml': 'perl: { image: perl, entrypoint: perl, filename: main.pl }\npl: { use: perl }\nx: { use: y }',
      'bad.yml': 'perl: { image: perl }',
    });
    const { surroundings, logged } = surroundingsWith({ languages: join(folder, 'good.yml') });
    const { languages } = await openLanguages(surroundings);
    expect(languages.find('pl')?.name).toBe('perl');
    expect(names(languages)).toStrictEqual([...builtIn, 'perl'].sort());
    expect(logged).toStrictEqual([
      'Languages are in force',
      'A name of a language leads nowhere: x leads to y, which is not there.',
    ]);
    const bad = openLanguages(surroundingsWith({ languages: join(folder, 'bad.yml') }).surroundings);
    await expect(bad).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('/perl/filename is required') as string,
    });
    const none = openLanguages(surroundingsWith({ languages: join(folder, 'none.yml') }).surroundings);
    await expect(none).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  it('R23: are the built-in ones while an address does not answer, which is no obstacle to the start', async () => {
    const { surroundings, logged } = surroundingsWith({
      languages: 'http://127.0.0.1:1/spec.yaml',
      'data-dir': await temporaryFolder({}),
    });
    const { languages } = await openLanguages(surroundings);
    expect(names(languages)).toStrictEqual(builtIn);
    expect(logged).toStrictEqual([
      'The languages at http://127.0.0.1:1/spec.yaml cannot be had: it did not answer. They stay as they are.',
    ]);
  });
});

describe('the runtimes of languages', () => {
  it('R22: are ordered as custom runtimes of the images, and not where the operator does not want it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { runtimes: customRuntimes, images, builds } = await workshop();
    const languages = new LanguageTable([]);
    languages.replace(
      readLanguages('{ c: { image: "gcc:14", cmd: x, filename: f }, own: { image: tool, filename: f } }', 'yaml', 'it')
        .languages,
      [],
    );
    const noBuiltIn = { find: () => undefined } as unknown as RuntimeCatalog;
    const runtimes = new Runtimes({ builtIn: noBuiltIn, custom: customRuntimes, images });
    const artifacts = { stage: () => Promise.reject(new Error('there are no files')) };
    const refreshBase = (): Promise<boolean> => Promise.resolve(false);
    const parts = { languages, runtimes, customRuntimes, images, artifacts, refreshBase };

    for (const when of ['never', 'use']) {
      openLanguageRuntimes(surroundingsWith({ 'language-runtimes': when }).surroundings, parts).keep();
    }
    vi.advanceTimersByTime(60_000);
    expect(builds.ordered).toStrictEqual([]);

    const { surroundings, logged, close } = surroundingsWith({});
    openLanguageRuntimes(surroundings, parts).keep();
    vi.advanceTimersByTime(5000);
    await vi.waitFor(() => {
      expect(customRuntimes.find('gcc-14')).toMatchObject({ contract: 'command', description: 'Made of gcc:14 for c' });
    });
    builds.last.succeed();
    await vi.waitFor(() => {
      expect(builds.ordered).toHaveLength(2);
    });
    builds.last.fail('The image has neither CMD nor ENTRYPOINT.');
    await vi.waitFor(() => {
      expect(logged).toHaveLength(2);
    });
    await close();
    expect(builds.recipes.map(({ dockerfile }) => dockerfile.split('\n')[0])).toStrictEqual([
      'FROM gcc:14',
      'FROM tool',
    ]);
    expect(logged).toStrictEqual([
      'Made the runtime of a language',
      'The runtime tool of a language could not be made of the image tool',
    ]);
    expect(runtimes.find('gcc-14')).toMatchObject({ language: undefined, isCustom: true });
  });
});

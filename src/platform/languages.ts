import { join, resolve } from 'node:path';
import { SraasError } from '../errors.ts';
import { builtInLanguages } from '../languages/built-in.ts';
import { LanguageTable } from '../languages/language-table.ts';
import { OperatorLanguages } from '../languages/operator-languages.ts';
import { FileSource } from '../languages/sources/file-source.ts';
import { KeptText } from '../languages/sources/kept-text.ts';
import { WebSource } from '../languages/sources/web-source.ts';
import { repeat } from '../repeat.ts';
import type { Surroundings } from './surroundings.ts';

export interface OpenLanguages {
  readonly languages: LanguageTable;
}

const fileEveryMs = 2000;

/**
 * Makes the table of languages, and keeps it at what the operator's file or address says. An address that does not answer is
 * tried again later: a server that starts without a network has the languages that the address had the last time, or its own.
 * @throws SraasError `INVALID_CONFIG` for a file that cannot be used.
 */
export async function openLanguages(surroundings: Surroundings): Promise<OpenLanguages> {
  const { config, logger, onFailure, onStop } = surroundings;
  const languages = new LanguageTable(builtInLanguages);
  if (config.languages === '') return { languages };
  const isAddress = /^https?:\/\//i.test(config.languages);
  const source = isAddress ? new WebSource(addressOf(config.languages)) : new FileSource(resolve(config.languages));
  const operators = new OperatorLanguages({
    source,
    table: languages,
    ...(isAddress ? { kept: new KeptText(join(config.dataDirectory, 'languages.json'), source.name) } : {}),
    onLoaded: (count, notes) => {
      logger.info('Languages are in force', { from: source.name, count });
      for (const note of notes) logger.warn(`A name of a language leads nowhere: ${note}`, { from: source.name });
    },
    onFailure: (message, error) => {
      if (!(error instanceof SraasError)) onFailure(message, error);
      else logger.warn(message, { wrong: error.violations.map((each) => `${each.pointer} ${each.message}`.trim()) });
    },
  });
  const { signal } = new AbortController();
  if (isAddress) {
    await operators.recall();
    await operators.look(signal);
  } else {
    await operators.load(signal);
  }
  const everyMs = isAddress ? config.languagesRefreshMs : fileEveryMs;
  onStop(
    repeat({
      work: (ending) => operators.look(ending),
      everyMs,
      onFailure: (error) => {
        onFailure('The languages could not be looked at', error);
      },
    }),
  );
  return { languages };
}

function addressOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new SraasError('INVALID_CONFIG', '--languages is not the address of a document: correct it, or name a file.');
}

import { isObject } from '../../documents/json-object.ts';
import { refusedDocument } from '../../documents/refused-document.ts';
import type { Violation } from '../../errors.ts';
import type { Language } from '../language.ts';
import { parseText, type TextFormat } from './parse-text.ts';
import type { LanguageSet } from './language-set.ts';
import { isLanguageName, languageNameRule } from './names.ts';
import { whyNoRuntime } from '../runtime-of-image.ts';
import { isOwnFormat, readOwnFormat } from './own-format.ts';
import { readSpec } from './spec-format.ts';

/**
 * Reads the text of a document about languages, in our own format or in that of ranna.
 * @param what names the document in a sentence: `the languages of spec.yaml`.
 * @throws SraasError `INVALID_CONFIG` with all that is wrong.
 */
export function readLanguages(text: string, format: TextFormat, what: string): LanguageSet {
  const violations: Violation[] = [];
  const document = parseText(text, format, violations);
  if (violations.length === 0 && !isObject(document)) violations.push({ pointer: '', message: 'must be an object' });
  if (violations.length > 0 || !isObject(document)) throw refusedDocument('INVALID_CONFIG', what, violations);
  const set = isOwnFormat(document) ? readOwnFormat(document, violations) : readSpec(document, violations);
  violations.push(...nameViolations(set.languages), ...imageViolations(set.languages));
  if (violations.length > 0) throw refusedDocument('INVALID_CONFIG', what, violations);
  return set;
}

function nameViolations(languages: readonly Language[]): readonly Violation[] {
  const seen = new Set<string>();
  return languages.flatMap(({ name: language, aliases }) =>
    [language, ...aliases].flatMap((name) => {
      const isSeen = seen.has(name);
      seen.add(name);
      const pointer = '';
      if (!isLanguageName(name))
        return [{ pointer, message: `has the name ${JSON.stringify(name)}, which ${languageNameRule}` }];
      return isSeen ? [{ pointer, message: `has the name ${name} twice, once as an alias` }] : [];
    }),
  );
}

/** Two images must not be made into one runtime, nor one into a runtime that is something else: a program would run on the wrong one. */
function imageViolations(languages: readonly Language[]): readonly Violation[] {
  const images = new Map<string, string>();
  return languages.flatMap(({ runtime, image }) => {
    if (image === undefined) return [];
    const other = images.get(runtime) ?? image;
    images.set(runtime, other);
    const obstacle = whyNoRuntime(runtime);
    if (runtime !== '' && obstacle !== undefined) {
      return [{ pointer: '', message: `names the runtime ${runtime} to be made of ${image}: ${obstacle}` }];
    }
    const message = `has the images ${other} and ${image}, which would both be the runtime ${runtime}`;
    return other === image ? [] : [{ pointer: '', message }];
  });
}

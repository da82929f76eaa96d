import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import { SraasError } from '../errors.ts';
import type { ImportPattern, InlineTemplate } from './language.ts';

/** More than an expression that somebody typed. */
const maxCharacters = 100_000;

/** A pattern that backtracks may take time exponential in the length of a text that was made for it. */
const maxSearchMs = 50;

const timeoutCode = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
const search = new Script('search()');

/** Whether a template makes a program of an expression. */
export function isTemplate(template: string): boolean {
  return template.includes('$${CODE}');
}

/**
 * Puts an expression into a template, and what its pattern finds of it where imports go. Nothing in the code is read as a pattern
 * or as a place of the template.
 * @throws SraasError `BAD_REQUEST` for code that is too long, or takes the pattern too long.
 */
export function wrapInline({ imports: pattern, template }: InlineTemplate, code: string): string {
  if (code.length > maxCharacters) {
    throw refused(`An inline expression has at most ${maxCharacters} characters: send a whole program.`);
  }
  const { imports, rest } = pattern === undefined ? { imports: undefined, rest: code } : partedBy(pattern, code);
  // In one go: code that holds a mark of the template keeps it.
  return template.replace(/\$\$\{(CODE|IMPORTS)\}/g, (mark: string, place: string) =>
    place === 'CODE' ? rest : (imports ?? mark),
  );
}

function partedBy({ expression }: ImportPattern, code: string): { readonly imports: string; readonly rest: string } {
  const found: string[] = [];
  const work = (): string =>
    code.replace(expression, (match) => {
      found.push(match);
      return '';
    });
  const rest = withinTime(work);
  return { imports: found.join('\n'), rest };
}

/** Nothing else ends a search that is under way in this thread. What is run is none of the caller's code. */
function withinTime(work: () => string): string {
  try {
    return search.runInContext(createContext({ search: work }), { timeout: maxSearchMs }) as string;
  } catch (error) {
    // It is an error of the context's own, which is no instance of this one's Error; or the search ran out of its stack.
    if (!types.isNativeError(error) || !(isTimeout(error) || error.name === 'RangeError')) throw error;
    throw refused('The expression takes too long to be searched for its imports: send a whole program.');
  }
}

function isTimeout(error: Error): boolean {
  return 'code' in error && error.code === timeoutCode;
}

function refused(message: string): SraasError {
  return new SraasError('BAD_REQUEST', message, { violations: [{ pointer: '/code', message }] });
}

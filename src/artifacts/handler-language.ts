import { SraasError } from '../errors.ts';
import { resolveHandler, type Language } from './handler-entry.ts';
import { emittedPath } from './typescript/emitted-path.ts';

/**
 * Tells by an upload's files, before anything was transpiled, which language a handler setting means. Node comes first where
 * both would do.
 * @throws SraasError what {@link resolveHandler} throws, when there is no such file in either language.
 */
export function languageOfHandler(handler: string, files: readonly { readonly path: string }[]): Language {
  const emitted = files.map(({ path }) => ({ path: emittedPath(path) ?? path }));
  try {
    resolveHandler(handler, emitted, 'node');
    return 'node';
  } catch (error) {
    if (!isMissing(error) || !isPython(handler, files)) throw error;
    return 'python';
  }
}

function isPython(handler: string, files: readonly { readonly path: string }[]): boolean {
  try {
    resolveHandler(handler, files, 'python');
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof SraasError && error.code === 'HANDLER_FILE_NOT_FOUND';
}

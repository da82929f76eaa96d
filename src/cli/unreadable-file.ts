import { UsageError } from './usage-error.ts';

/** What to tell of a file that was named on the command line and could not be read. */
export function unreadableFile(shownAs: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new UsageError(code === 'ENOENT' ? `There is no file ${shownAs}.` : `${shownAs} cannot be read (${code}).`);
}

import { pointerTo } from '../documents/json-pointer.ts';
import { SraasError } from '../errors.ts';

const shownCharacters = 120;
const shownPointerCharacters = 1200;

/** A hostile or very long name as it may stand in a message: quoted, on one line, without invisible characters, cut at 120 characters. */
export function quoted(name: string): string {
  const shown = name.length > shownCharacters ? `${name.slice(0, shownCharacters)}…` : name;
  const escaped = shown.replace(/["\\]|[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '"' || character === '\\' ? `\\${character}` : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${escaped}"`;
}

/** JSON pointer (RFC 6901) to an uploaded file, also where the upload was an archive. */
export function filePointer(path: string): string {
  return `/files${pointerTo(path).slice(0, shownPointerCharacters)}`;
}

/** One entry is not acceptable. `reason` completes the sentence "The entry … ": `is a symbolic link; upload a copy instead`. */
export function refusedEntry(path: string, reason: string): SraasError {
  return new SraasError('INVALID_ARTIFACT', `The entry ${quoted(path)} ${reason}.`, {
    violations: [{ pointer: filePointer(path), message: `${reason}.` }],
  });
}

/** The upload as a whole is not acceptable. */
export function refusedUpload(sentence: string, cause?: unknown): SraasError {
  return new SraasError('INVALID_ARTIFACT', sentence, {
    violations: [{ pointer: '/files', message: sentence }],
    cause,
  });
}

/** A cap was met. `what` and `limit` say which: `files and folders`, `20,000`. */
export function tooLarge(what: string, limit: number, unit: string): SraasError {
  const number = limit.toLocaleString('en-US');
  return new SraasError(
    'ARTIFACT_TOO_LARGE',
    `The upload has more than the ${number} ${unit} that are allowed for ${what}: leave out what the function does not need.`,
  );
}

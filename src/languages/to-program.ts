import type { UploadedFile } from '../artifacts/upload.ts';
import { SraasError } from '../errors.ts';
import { copiedCommand } from './copied-command.ts';
import { wrapInline } from './inline.ts';
import type { Language, ProgramOfLanguage } from './language.ts';

interface ProgramOptions {
  /** What the program is given as its arguments. */
  readonly arguments?: readonly string[];
  /** Whether the code is an expression, to be wrapped by the language's template. */
  readonly isInline?: boolean;
}

/**
 * Makes a program of a piece of code.
 * @throws SraasError `BAD_REQUEST` for an expression in a language without a template, and for one that cannot be searched for
 * its imports.
 */
export function toProgram(language: Language, code: string, options: ProgramOptions = {}): ProgramOfLanguage {
  const { runtime, fileName, command, compile, isCopied } = language;
  const { arguments: given = [], isInline = false } = options;
  const files = [fileOf(fileName, isInline ? inlineSource(language, code) : code)];
  if (command.length === 0) return { runtime, files, command, arguments: [fileName, ...given] };
  if (!isCopied) return { runtime, files, command, arguments: given };
  return { runtime, files, command: copiedCommand(command, compile), arguments: given, executableTmp: true };
}

function inlineSource({ name, inline }: Language, code: string): string {
  if (inline !== undefined) return wrapInline(inline, code);
  const message = `The language ${name} has no template for inline expressions: send a whole program.`;
  throw new SraasError('BAD_REQUEST', message, { violations: [{ pointer: '/inline', message }] });
}

function fileOf(path: string, text: string): UploadedFile {
  return { path, executable: false, content: contentOf(text) };
}

async function* contentOf(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(Buffer.from(text));
}

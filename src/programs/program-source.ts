import type { Violation } from '../errors.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import { requireRuntime, type RuntimeDirectory } from '../functions/require-runtime.ts';
import type { Language, Languages } from '../languages/language.ts';
import { toProgram } from '../languages/to-program.ts';
import type { WantedProgram } from './program-document.ts';
import type { ProgramRequest } from './program.ts';

type Source = Pick<ProgramRequest, 'runtime' | 'files' | 'command' | 'arguments' | 'executableTmp'>;

interface Known {
  readonly languages: Pick<Languages, 'find' | 'list'>;
  readonly runtimes: RuntimeDirectory;
}

/** The languages that code is taken for where a built-in runtime is named instead of one. */
const usualLanguages = { node: 'javascript', python: 'python3' } as const;

/**
 * What a wanted program is run as. Its runtime may be the name of a language, which goes before a runtime of the same name; a
 * command of its own goes before the language's.
 * @throws SraasError INVALID_CONFIG where that does not say what to run, RUNTIME_NOT_FOUND, RUNTIME_NOT_READY, BAD_REQUEST.
 */
export function sourceOf(wanted: WantedProgram, { languages, runtimes }: Known): Source {
  const language = languages.find(wanted.runtime) ?? usualLanguage(wanted.runtime, { languages, runtimes });
  const { code, isInline, command } = wanted;
  if (code !== undefined) {
    if (language === undefined) {
      const names = languages.list().map(({ name }) => name);
      requireRuntime(runtimes, wanted.runtime, names);
      throw refused('/code', 'needs a language: name one as the runtime, or send files and a command');
    }
    const program = toProgram(language, code, { arguments: wanted.arguments, isInline });
    return command === undefined ? program : { ...program, command, arguments: wanted.arguments };
  }
  const { files = [] } = wanted;
  if (language === undefined || command !== undefined) {
    const runtime = language?.runtime ?? wanted.runtime;
    return { runtime, files, command: command ?? [], arguments: wanted.arguments };
  }
  requireMainFile(language, wanted);
  return { ...toProgram(language, '', { arguments: wanted.arguments }), files };
}

/** A built-in runtime runs its own language on itself. */
function usualLanguage(runtime: string, { languages, runtimes }: Known): Language | undefined {
  const written = runtimes.find(runtime)?.language;
  const language = written === undefined ? undefined : languages.find(usualLanguages[written]);
  return language && { ...language, runtime };
}

function requireMainFile({ name, fileName }: Language, { files, paths }: WantedProgram): void {
  if (files === undefined) throw refused('/code', 'is required, where there are neither files nor a command');
  if (paths?.includes(fileName) === false) {
    throw refused('/files', `must have ${fileName}, which the language ${name} runs; or send a command`);
  }
}

function refused(pointer: string, message: string): Error {
  const violations: readonly Violation[] = [{ pointer, message }];
  return refusedDocument('INVALID_CONFIG', 'the program', violations);
}

import { SraasError, type Violation } from '../../errors.ts';
import { filePointer, quoted, refusedEntry } from '../refusal.ts';
import type { UploadedFile } from '../uploaded-file.ts';
import { strictUtf8 } from '../utf8.ts';
import { emittedPath } from './emitted-path.ts';
import { ModuleFormats } from './module-format.ts';
import { Slots } from './slots.ts';
import type { ShelvedSource } from './source-shelf.ts';
import { rewriteSpecifiers } from './specifiers.ts';
import { stripTypes, toCommonJs, type SourceProblem, type Transpiled } from './transpile.ts';

/** Sources transpiled at a time over all uploads: each may take a processor and some hundred megabytes. */
const parallelSources = 2;
const shownProblems = 100;

/** The rest of the upload, which a source's imports and its module format are resolved against. */
export interface SourceSurroundings {
  /** All paths as they were uploaded, sources included. */
  readonly paths: ReadonlySet<string>;
  /** Where the files that are no sources have been written. */
  readonly directory: string;
}

/** Makes JavaScript of an upload's TypeScript sources. */
export class Transpiler {
  readonly #slots = new Slots(parallelSources);

  /**
   * Hands each emitted file to `emit`, in no particular order. Throws `INVALID_ARTIFACT` with a violation for every problem in every
   * source; then some files may have been handed out.
   */
  async transpile(
    sources: readonly ShelvedSource[],
    surroundings: SourceSurroundings,
    emit: (file: UploadedFile) => Promise<void>,
  ): Promise<void> {
    for (const { path } of sources) checkEmittedName(path, surroundings.paths);
    const formats = new ModuleFormats(surroundings.directory, surroundings.paths);
    const problems: SourceProblem[] = [];
    const waiting = sources.values();
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      for (const source of waiting) {
        if (failures.length > 0) return;
        try {
          const transpiled = await this.#slots.run(() => transpileOne(source, surroundings.paths, formats));
          if (transpiled.ok) await emit(emittedFile(source, transpiled.code));
          else problems.push(...transpiled.problems);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    // All are waited for also when one fails, so that nothing writes any more once this has thrown.
    await Promise.all(Array.from({ length: parallelSources }, work));
    if (failures.length > 0) throw failures[0];
    if (problems.length > 0) throw refusedSources(problems);
  }
}

async function transpileOne(
  source: ShelvedSource,
  paths: ReadonlySet<string>,
  formats: ModuleFormats,
): Promise<Transpiled> {
  const { path } = source;
  const text = strictUtf8(await source.read());
  if (text === undefined) return { ok: false, problems: [{ path, message: 'This source is not UTF-8 text.' }] };
  const stripped = await stripTypes(path, text.replace(/^\uFEFF/, ''));
  if (!stripped.ok) return stripped;
  const code = await rewriteSpecifiers(stripped.code, path, paths);
  return (await formats.isCommonJs(path)) ? toCommonJs(path, code) : { ok: true, code };
}

function checkEmittedName(path: string, paths: ReadonlySet<string>): void {
  const emitted = emittedPath(path);
  if (emitted === undefined || !paths.has(emitted)) return;
  throw refusedEntry(path, `would become ${quoted(emitted)}, which is in the upload as well; leave one of the two out`);
}

function emittedFile({ path, executable }: ShelvedSource, code: string): UploadedFile {
  return { path: emittedPath(path) ?? path, executable, content: once(Buffer.from(code)) };
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(chunk);
}

function refusedSources(problems: readonly SourceProblem[]): SraasError {
  const sorted = [...problems].sort(
    (one, other) => compare(one.path, other.path) || (one.at?.line ?? 0) - (other.at?.line ?? 0),
  );
  const violations = sorted
    .slice(0, shownProblems)
    .map((problem): Violation => ({ pointer: filePointer(problem.path), message: sentence(problem) }));
  const [first] = sorted;
  const more = sorted.length > 1 ? `; there are ${sorted.length - 1} more` : '';
  return new SraasError(
    'INVALID_ARTIFACT',
    `TypeScript could not be transpiled: ${first === undefined ? '' : sentence(first)}${more}.`,
    { violations },
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function sentence({ path, at, message }: SourceProblem): string {
  return at === undefined ? `${path}: ${message}` : `${path}:${at.line}:${at.column}: ${message}`;
}

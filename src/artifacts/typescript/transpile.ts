import { basename } from 'node:path/posix';
import { runEsbuild } from './esbuild-process.ts';

/** Why a source could not be transpiled. Line and column are those of the user's file and start at 1, the column in UTF-16 units. */
export interface SourceProblem {
  readonly path: string;
  readonly at?: { readonly line: number; readonly column: number };
  readonly message: string;
}

export type Transpiled =
  { readonly ok: true; readonly code: string } | { readonly ok: false; readonly problems: readonly SourceProblem[] };

const commonFlags = [
  // The oldest Node that a runtime may have.
  '--target=node20',
  '--platform=node',
  '--charset=utf8',
  '--sourcemap=inline',
  '--sources-content=true',
  '--color=false',
  '--log-level=error',
  '--log-limit=20',
  // The one style whose lines a program can read: file(line,column): error code: text
  '--log-style=visualstudio',
];

/**
 * Removes types and keeps the module syntax as it was written. The result ends in an inline source map that holds the source. No
 * tsconfig is read: decorators are the standard ones, and class fields are defined.
 */
export function stripTypes(path: string, source: string): Promise<Transpiled> {
  return transpile(path, source, ['--loader=ts', '--keep-names', '--tsconfig-raw={}']);
}

/** Turns what `stripTypes` made into CommonJS, carrying its source map along. */
export function toCommonJs(path: string, code: string): Promise<Transpiled> {
  return transpile(path, code, ['--loader=js', '--format=cjs']);
}

async function transpile(path: string, source: string, flags: readonly string[]): Promise<Transpiled> {
  // Node resolves a map's sources against the module's own URL, so the name without its folder is the one that fits.
  const sourceFile = basename(path);
  const run = await runEsbuild(source, [...commonFlags, ...flags, `--sourcefile=${sourceFile}`]);
  switch (run.ended) {
    case 'ok':
      return { ok: true, code: run.output };
    case 'refused':
      return { ok: false, problems: readProblems(path, sourceFile, source, run.messages) };
    case 'exhausted':
      return {
        ok: false,
        problems: [
          { path, message: 'This source needs too much memory or time to transpile; upload JavaScript instead.' },
        ],
      };
    default:
      return run satisfies never;
  }
}

function readProblems(path: string, sourceFile: string, source: string, messages: string): readonly SourceProblem[] {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  const problems = messages.split('\n').flatMap((text): readonly SourceProblem[] => {
    const match = text.startsWith(`${sourceFile}(`)
      ? /^(\d+),(\d+)\): error \w+: (.*)$/.exec(text.slice(sourceFile.length + 1))
      : null;
    if (match === null) return [];
    const [, line = '1', column = '1', message = ''] = match;
    return [
      { path, at: { line: Number(line), column: columnOf(lines[Number(line) - 1] ?? '', Number(column)) }, message },
    ];
  });
  return problems.length > 0 ? problems : [{ path, message: 'This source is not valid TypeScript.' }];
}

/** esbuild counts columns in bytes of UTF-8, editors in characters. */
function columnOf(line: string, byteColumn: number): number {
  return (
    Buffer.from(line)
      .subarray(0, byteColumn - 1)
      .toString('utf8').length + 1
  );
}

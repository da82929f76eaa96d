import { SraasError, type ErrorCode } from '../errors.ts';
import { quoted } from './refusal.ts';
import { emittedPath } from './typescript/emitted-path.ts';

export type Language = 'node' | 'python';

const nodeExtensions = ['.mjs', '.js', '.cjs'] as const;
const shownFiles = 5;

/** The module and export that a handler setting names. */
export interface ResolvedHandler {
  /** Path inside the artifact. */
  readonly file: string;
  readonly exportName: string;
}

/**
 * Finds the file that `handler` names, for a deploy. The text is split at its last dot: `src/app.handler`, `pkg.mod.fn`. The module part
 * may carry its extension, also the one of the TypeScript source (`src/app.ts.handler`); dots may stand for folders; a folder stands for
 * its `index` or `__init__.py`. Throws `INVALID_CONFIG` for text without two halves and `HANDLER_FILE_NOT_FOUND`, both at `/handler`.
 */
export function resolveHandler(
  handler: string,
  files: readonly { readonly path: string }[],
  language: Language,
): ResolvedHandler {
  const dot = handler.lastIndexOf('.');
  const module = handler.slice(0, Math.max(dot, 0)).replace(/^\.\//, '');
  const exportName = handler.slice(dot + 1);
  if (module === '' || exportName === '' || dot === -1) {
    throw atHandler(
      'INVALID_CONFIG',
      `The handler ${quoted(handler)} must name a file and an export, like "main.handler".`,
    );
  }
  const paths = new Set(files.map(({ path }) => path));
  const candidates = language === 'node' ? nodeCandidates(module) : pythonCandidates(module);
  const file = candidates.find((candidate) => paths.has(candidate));
  if (file === undefined) throw atHandler('HANDLER_FILE_NOT_FOUND', notFound(handler, candidates, [...paths]));
  return { file, exportName };
}

function nodeCandidates(module: string): readonly string[] {
  const withFolders = module.replaceAll('.', '/');
  const named = emittedPath(module) ?? module;
  return [
    ...(nodeExtensions.some((extension) => named.endsWith(extension)) ? [named] : []),
    ...[module, withFolders, `${module}/index`, `${withFolders}/index`].flatMap((stem) =>
      nodeExtensions.map((extension) => stem + extension),
    ),
  ];
}

/** In the order in which Python's own import prefers them: a package hides a module of the same name. */
function pythonCandidates(module: string): readonly string[] {
  const withFolders = module.replaceAll('.', '/');
  return [
    ...(module.endsWith('.py') ? [module] : []),
    ...[withFolders, module].flatMap((stem) => [`${stem}/__init__.py`, `${stem}.py`]),
  ];
}

function notFound(handler: string, candidates: readonly string[], paths: readonly string[]): string {
  const example = candidates.find((candidate) => !candidate.endsWith('/__init__.py')) ?? handler;
  const there = paths.slice(0, shownFiles).map(quoted).join(', ');
  const more = paths.length > shownFiles ? ` and ${paths.length - shownFiles} more` : '';
  return `The handler ${quoted(handler)} needs a file like ${quoted(example)}, but the upload holds ${there || 'no files'}${more}.`;
}

function atHandler(code: ErrorCode, message: string): SraasError {
  return new SraasError(code, message, { violations: [{ pointer: '/handler', message }] });
}

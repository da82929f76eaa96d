import { init, parse, type Import } from 'es-module-lexer';
import { dirname, join, relative } from 'node:path/posix';
import { emittedPath, isSource } from './emitted-path.ts';

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'] as const;

/**
 * Rewrites the specifiers of `import` and `export … from` declarations and of `import()` with a literal, in emitted code, so that Node
 * finds what the TypeScript source meant: a source by its emitted name, a name without extension or a folder by its file.
 * Calls of `require` are left as they are, as are bare names, names with `%`, `?` or `#`, and everything outside the upload.
 */
export async function rewriteSpecifiers(code: string, from: string, paths: ReadonlySet<string>): Promise<string> {
  await init();
  let rewritten = '';
  let copied = 0;
  for (const found of importsOf(code)) {
    const specifier = literalSpecifier(found, code);
    const target = specifier === undefined ? undefined : targetOf(specifier, from, paths);
    if (target === undefined) continue;
    // A declaration's range is inside its quotes, an expression's includes them.
    const quote = found.type === 'dynamic' ? 0 : 1;
    rewritten += code.slice(copied, found.start - quote) + JSON.stringify(target);
    copied = found.end + quote;
  }
  return rewritten + code.slice(copied);
}

/** The specifier that Node needs, or undefined where the written one is right or none of ours. */
function targetOf(specifier: string, from: string, paths: ReadonlySet<string>): string | undefined {
  if (!/^\.\.?(\/|$)/.test(specifier) || /[%?#]/.test(specifier)) return undefined;
  const folder = dirname(from);
  const meant = join(folder, specifier).replace(/\/$/, '');
  const asFile = meant === '.' ? [] : extensions.map((extension) => meant + extension);
  const asFolder = extensions.map((extension) => join(meant, `index${extension}`));
  if (paths.has(meant)) return isSource(meant) ? relativeSpecifier(folder, emittedPath(meant) ?? meant) : undefined;
  const found = [...asFile, ...asFolder].find((path) => paths.has(path) && !/\.d\.[cm]?ts$/.test(path));
  if (found === undefined) return undefined;
  return relativeSpecifier(folder, isSource(found) ? (emittedPath(found) ?? found) : found);
}

function relativeSpecifier(folder: string, path: string): string {
  const specifier = relative(folder, path);
  return specifier.startsWith('../') ? specifier : `./${specifier}`;
}

function importsOf(code: string): readonly Import[] {
  try {
    return parse(code)[0];
  } catch {
    // The lexer is no parser. Code that it cannot read keeps its specifiers, and Node says which one it does not find.
    return [];
  }
}

function literalSpecifier(found: Import, code: string): string | undefined {
  if (found.type === 'import-meta') return undefined;
  if (found.type === 'dynamic' && (found.glob || !/^["'`]/.test(code.slice(found.start, found.start + 1))))
    return undefined;
  return found.specifier;
}

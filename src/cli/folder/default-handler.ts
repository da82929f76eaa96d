import { basename } from 'node:path';
import { UsageError } from '../usage-error.ts';

const nodeEndings = ['.mjs', '.js', '.cjs', '.ts', '.mts', '.cts'];
const pythonEndings = ['.py'];
const pythonModules = [...pythonEndings, '/__init__.py'];

export interface Entry {
  readonly runtime: string;
  /** Left out where the runtime is a program. */
  readonly handler?: string;
}

/** What is known of an entry before the folder was looked at. */
export interface GivenEntry extends Partial<Entry> {
  /** Of a runtime that is not built in: what its handlers are written in, or that it has none. */
  readonly language?: 'node' | 'python' | 'none';
}

/**
 * Finds out which handler and runtime a folder is meant for, where they were not given.
 * @param paths the folder's files, with `/`.
 * Where nothing was given, a Dockerfile counts only when there is no handler: many folders have one for another purpose.
 * @throws UsageError when there is no handler to be found.
 */
export function findEntry(folder: string, paths: readonly string[], given: GivenEntry): Entry {
  const present = new Set(paths);
  if (given.handler !== undefined) {
    const module = given.handler.slice(0, given.handler.lastIndexOf('.'));
    const python = isThere(module, pythonModules, present) && !isThere(module, nodeEndings, present);
    return { handler: given.handler, runtime: given.runtime ?? (python ? 'python3.13' : 'node24') };
  }
  const { runtime } = given;
  if (runtime !== undefined && (runtime === 'dockerfile' || given.language === 'none')) return { runtime };
  const names = ['index', 'main', 'handler', 'app', basename(folder)];
  const endings = endingsOf(given.language ?? runtime);
  for (const name of names) {
    const ending = endings.find((candidate) => present.has(name + candidate));
    if (ending === undefined) continue;
    return { handler: `${name}.handler`, runtime: given.runtime ?? (ending === '.py' ? 'python3.13' : 'node24') };
  }
  if (runtime === undefined && present.has('Dockerfile')) return { runtime: 'dockerfile' };
  throw new UsageError(
    `There is no handler in ${folder}: none of ${names.join(', ')} with ${endings.join(' ')} is there; ` +
      'name yours with --handler file.export.',
  );
}

/** Dots in a handler's module may stand for folders. */
function isThere(module: string, endings: readonly string[], present: ReadonlySet<string>): boolean {
  return [module, module.replaceAll('.', '/')].some((stem) => endings.some((ending) => present.has(stem + ending)));
}

function endingsOf(runtime: string | undefined): readonly string[] {
  if (runtime?.startsWith('node') === true) return nodeEndings;
  if (runtime?.startsWith('python') === true) return pythonEndings;
  return [...nodeEndings, ...pythonEndings];
}

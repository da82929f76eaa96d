import { basename } from 'node:path';
import { UsageError } from '../usage-error.ts';

const nodeEndings = ['.mjs', '.js', '.cjs', '.ts', '.mts', '.cts'];
const pythonEndings = ['.py'];

export interface Entry {
  readonly runtime: string;
  readonly handler: string;
}

/**
 * Finds out which handler and runtime a folder is meant for, where they were not given.
 * @param paths the folder's files, with `/`.
 * @throws UsageError when there is no handler to be found.
 */
export function findEntry(folder: string, paths: readonly string[], given: Partial<Entry>): Entry {
  const present = new Set(paths);
  if (given.handler !== undefined) {
    const module = given.handler.slice(0, given.handler.lastIndexOf('.'));
    const python = present.has(`${module}.py`) && !nodeEndings.some((ending) => present.has(module + ending));
    return { handler: given.handler, runtime: given.runtime ?? (python ? 'python3.13' : 'node24') };
  }
  const names = ['index', 'main', 'handler', 'app', basename(folder)];
  const endings = endingsOf(given.runtime);
  for (const name of names) {
    const ending = endings.find((candidate) => present.has(name + candidate));
    if (ending === undefined) continue;
    return { handler: `${name}.handler`, runtime: given.runtime ?? (ending === '.py' ? 'python3.13' : 'node24') };
  }
  throw new UsageError(
    `There is no handler in ${folder}: none of ${names.join(', ')} with ${endings.join(' ')} is there; ` +
      'name yours with --handler file.export.',
  );
}

function endingsOf(runtime: string | undefined): readonly string[] {
  if (runtime?.startsWith('node') === true) return nodeEndings;
  if (runtime?.startsWith('python') === true) return pythonEndings;
  return [...nodeEndings, ...pythonEndings];
}

import { sandboxPaths } from '../../runtime/protocol.ts';

const copy = '/tmp/program';

/**
 * Makes of a command one that runs in a copy of the program's folder, which it may write to, unlike the folder itself. What is to
 * be compiled is compiled there first: without standard input, which is the program's, and with all that it says on stderr. When
 * that fails, its exit code is the program's.
 *
 * The command's words, and whatever is put behind them, stay words: none goes through the shell's reading of a line.
 */
export function copiedCommand(command: readonly string[], compile?: readonly string[]): readonly string[] {
  const steps = [
    // Code comes read-only, and so would its copy be.
    `mkdir ${copy} && cp -R ${sandboxPaths.code}/. ${copy} && chmod -R u+w ${copy} && cd ${copy} || exit`,
    ...(compile === undefined ? [] : [`${compile.map(quoted).join(' ')} </dev/null >&2 || exit`]),
    'exec "$@"',
  ];
  return ['/bin/sh', '-c', steps.join('\n'), 'sh', ...command];
}

/** One word for a shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/**
 * Asks for one line at a terminal and shows nothing of what is typed.
 * @returns undefined when the question was left: with Ctrl-C, or Ctrl-D on an empty line.
 */
export async function askHidden(
  question: string,
  input: NodeJS.ReadableStream,
  stderr: { write(text: string): unknown },
): Promise<string | undefined> {
  // The line editor echoes into this, and the terminal's own echo is off while it edits.
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  stderr.write(question);
  try {
    return await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => {
        resolve(undefined);
      });
      lines.once('close', () => {
        resolve(undefined);
      });
    });
  } finally {
    lines.close();
    stderr.write('\n');
  }
}

import { nullable, closed, count, positive, ref, text, time, type Schema } from './schema.ts';

/** What is told while an image is built or packages are installed. */
export const buildLines: Readonly<Record<string, Schema>> = {
  log: closed({ at: nullable(time), text, line: nullable(positive) }),
  dropped: closed({ lines: count }),
};

/** The same up to its end, with what it made. */
export function buildEvents(done: Schema): Readonly<Record<string, Schema>> {
  return { ...buildLines, done, error: ref('Problem') };
}

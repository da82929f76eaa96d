import type { ProgramResult } from '../../programs/program.ts';

/** The answer to a submission in the prototype's form, with a note below where the output does not tell the end by itself. */
export function replyText({ stdout, ended, durationMs, cancelledBecause }: ProgramResult): string {
  const notes: string[] = [];
  if (stdout.isCut) notes.push('The output was longer, and is cut here.');
  switch (ended) {
    case 'exited':
      break;
    case 'timeout':
      notes.push(`It was ended after ${(durationMs / 1000).toFixed(1)} seconds, its time limit.`);
      break;
    case 'out_of_memory':
      notes.push('It was ended, as it needed more memory than it may have.');
      break;
    case 'cancelled':
      notes.push(cancelledBecause?.message ?? 'It was cancelled.');
      break;
    default:
      ended satisfies never;
  }
  const output = `From docker: ${stdout.bytes.toString('utf8').trim()}`;
  return [output, ...notes.map((note) => `[${note}]`)].join('\n');
}

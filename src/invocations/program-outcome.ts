import type { Limits } from '../functions/function.ts';
import { isJsonText } from '../documents/json-bytes.ts';
import type { ProgramEnd } from '../sandboxes/ready-program.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { Verdict } from './verdict.ts';
import { signalName } from './signal-name.ts';

/** How a program ended, when that is something to tell its caller as data; the other endings are told as errors. */
export type ToldProgramEnd = Pick<ProgramEnd, 'stdout' | 'stderr'> & {
  readonly ending: Exclude<ProgramEnd['ending'], { cause: 'cancelled' | 'engine_lost' }>;
};

type Exit = NonNullable<Extract<ToldProgramEnd['ending'], { cause: 'died' }>['exit']>;

const maxLastLines = 20;
const maxLastLinesLength = 4000;

/**
 * Decides the outcome of a program that served one invocation. Pure.
 *
 * A program that ended with exit code 0 answered with what it wrote to stdout: the JSON value if all of it is one, `null` if it
 * is nothing, else its text. Any other exit code is a failure of the handler, told with the last lines of stderr.
 */
export function programVerdict({ ending, stdout, stderr }: ToldProgramEnd, limits: Limits): Verdict {
  switch (ending.cause) {
    case 'died':
      if (ending.exit === undefined) {
        return failed('exited', 'The sandbox disappeared before the program ended: someone or something removed it.');
      }
      return ended(ending.exit, { stdout, stderr }, limits);
    case 'deadline':
      return failed(
        'timeout',
        `Execution timed out: the program did not end within ${ending.limitMs} ms and was killed.`,
      );
    default:
      return ending satisfies never;
  }
}

function ended(exit: Exit, { stdout, stderr }: Pick<ToldProgramEnd, 'stdout' | 'stderr'>, limits: Limits): Verdict {
  const { exitCode } = exit;
  if (exit.outOfMemory) {
    const text = `Out of memory: the program was ended because it needed more than its ${limits.memoryMb} MB.`;
    return failed('out_of_memory', text, exitCode);
  }
  if (exitCode !== 0) return failed('handler_error', failureText(exitCode, stderr.lastText()), exitCode);
  if (stdout.droppedBytes > 0) return tooLarge(stdout.bytes().length + stdout.droppedBytes, limits, exitCode);
  const result = resultOf(stdout.bytes());
  // A text takes more bytes as JSON than it was written with.
  if (result.length > limits.resultBytes) return tooLarge(result.length, limits, exitCode);
  return { outcome: 'ok', result, error: undefined, exitCode };
}

function resultOf(bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from('null');
  if (isJsonText(bytes)) return bytes;
  return Buffer.from(JSON.stringify(bytes.toString('utf8')));
}

function failureText(exitCode: number, lastOutput: string): string {
  const signal = signalName(exitCode);
  const how = signal === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, as ${signal} leaves it`;
  const lines = lastOutput.trimEnd().slice(-maxLastLinesLength).split('\n').slice(-maxLastLines).join('\n');
  return lines === '' ? `The program ended with ${how}.` : `The program ended with ${how}. It wrote last:\n${lines}`;
}

function tooLarge(sizeBytes: number, limits: Limits, exitCode: number): Verdict {
  return failed(
    'output_too_large',
    `The result is ${sizeBytes} bytes; the limit is ${limits.resultBytes} bytes (limits.result_bytes).`,
    exitCode,
  );
}

function failed(outcome: Outcome, error: string, exitCode?: number): Verdict {
  return { outcome, result: undefined, error, exitCode };
}

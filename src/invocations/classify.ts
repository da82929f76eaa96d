import type { Limits } from '../functions/function.ts';
import type { Ending } from '../sandboxes/ending.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { Verdict } from './verdict.ts';
import { ranOutOfHeap } from './heap-exhaustion.ts';
import { signalName } from './signal-name.ts';

/** An ending that a caller is told as data; the others are nobody's outcome, and told as errors. */
export type ToldEnding = Exclude<Ending, { cause: 'cancelled' | 'engine_lost' }>;

type Exit = NonNullable<Extract<Ending, { cause: 'died' }>['exit']>;

/**
 * Decides the outcome of an ending. Pure.
 *
 * @param lastOutput The end of what the sandbox wrote: V8 reports an exhausted heap there, and then aborts like any program.
 */
export function classify(ending: ToldEnding, limits: Limits, lastOutput: string): Verdict {
  switch (ending.cause) {
    case 'answered':
      return answered(ending.answer);
    case 'deadline':
      return failed(
        'timeout',
        ending.phase === 'call'
          ? `Execution timed out: the handler did not return within ${ending.limitMs} ms and was killed.`
          : `Execution timed out: the handler's module did not finish loading within ${ending.limitMs} ms and was killed.`,
      );
    case 'died':
      return died(ending, limits, lastOutput);
    case 'violation':
      return failed('protocol_violation', `The sandbox broke the protocol and was killed: ${ending.reason}.`);
    default:
      return ending satisfies never;
  }
}

function answered(answer: Extract<Ending, { cause: 'answered' }>['answer']): Verdict {
  switch (answer.status) {
    case 'ok':
      return { outcome: 'ok', result: answer.result, error: undefined, exitCode: undefined };
    case 'ready':
      throw new TypeError('A sandbox that is ready has no outcome yet');
    case 'load_failed':
      return failed('load_error', answer.error);
    case 'handler_error':
    case 'bad_result':
    case 'output_too_large':
      return failed(answer.status, answer.error);
    default:
      return answer satisfies never;
  }
}

function died({ exit, phase }: Extract<Ending, { cause: 'died' }>, limits: Limits, lastOutput: string): Verdict {
  const when = phase === 'call' ? 'before the handler returned' : 'while its module was loading';
  if (exit === undefined) return failed('exited', `The sandbox disappeared ${when}: someone or something removed it.`);
  if (ranOutOfMemory(exit, lastOutput)) {
    const text = `Out of memory: the process was ended ${when} because it needed more than its ${limits.memoryMb} MB.`;
    return failed('out_of_memory', text, exit.exitCode);
  }
  const signal = signalName(exit.exitCode);
  const how =
    signal === undefined ? `with exit code ${exit.exitCode}` : `by signal ${signal} (exit code ${exit.exitCode})`;
  return failed('exited', `The process ended ${how} ${when}.`, exit.exitCode);
}

function ranOutOfMemory(exit: Exit, lastOutput: string): boolean {
  return exit.outOfMemory || ranOutOfHeap(exit.exitCode, lastOutput);
}

function failed(outcome: Outcome, error: string, exitCode?: number): Verdict {
  return { outcome, result: undefined, error, exitCode };
}

import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/functions/function-policy.ts';
import { classify, type ToldEnding } from '../../../src/invocations/classify.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import type { Phase } from '../../../src/sandboxes/ending.ts';

const heapReport = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
const said = { durationMs: 1, reusable: true };

function died(exitCode: number, outOfMemory = false, phase: Phase = 'call'): ToldEnding {
  return { cause: 'died', phase, exit: { exitCode, outOfMemory } };
}

interface Row {
  readonly ending: ToldEnding;
  readonly lastOutput?: string;
  readonly outcome: Outcome;
  readonly error: string | undefined;
  readonly exitCode?: number;
}

const rows: Readonly<Record<string, Row>> = {
  'a result': {
    ending: { cause: 'answered', answer: { status: 'ok', result: Buffer.from('1'), ...said } },
    outcome: 'ok',
    error: undefined,
  },
  'a handler that throws': {
    ending: { cause: 'answered', answer: { status: 'handler_error', error: 'Error: no\n    at main.mjs:1', ...said } },
    outcome: 'handler_error',
    error: 'Error: no\n    at main.mjs:1',
  },
  'a handler that cannot be loaded': {
    ending: { cause: 'answered', answer: { status: 'load_failed', error: 'SyntaxError: no' } },
    outcome: 'load_error',
    error: 'SyntaxError: no',
  },
  'a result that is not JSON': {
    ending: { cause: 'answered', answer: { status: 'bad_result', error: 'TypeError: a cycle', ...said } },
    outcome: 'bad_result',
    error: 'TypeError: a cycle',
  },
  'a result that is too large': {
    ending: { cause: 'answered', answer: { status: 'output_too_large', error: 'The result has too many', ...said } },
    outcome: 'output_too_large',
    error: 'The result has too many',
  },
  'a deadline while the handler runs': {
    ending: { cause: 'deadline', phase: 'call', limitMs: 10_000 },
    outcome: 'timeout',
    error: 'Execution timed out: the handler did not return within 10000 ms and was killed.',
  },
  'a deadline while the module loads': {
    ending: { cause: 'deadline', phase: 'load', limitMs: 500 },
    outcome: 'timeout',
    error: "Execution timed out: the handler's module did not finish loading within 500 ms and was killed.",
  },
  'an exit with code 0': {
    ending: died(0),
    outcome: 'exited',
    error: 'The process ended with exit code 0 before the handler returned.',
    exitCode: 0,
  },
  'an exit with another code while loading': {
    ending: died(3, false, 'load'),
    outcome: 'exited',
    error: 'The process ended with exit code 3 while its module was loading.',
    exitCode: 3,
  },
  'a signal': {
    ending: died(139),
    outcome: 'exited',
    error: 'The process ended by signal SIGSEGV (exit code 139) before the handler returned.',
    exitCode: 139,
  },
  'a kill that memory was not the reason of': {
    ending: died(137),
    lastOutput: heapReport,
    outcome: 'exited',
    error: 'The process ended by signal SIGKILL (exit code 137) before the handler returned.',
    exitCode: 137,
  },
  'an exit code beyond all signals': {
    ending: died(255),
    outcome: 'exited',
    error: 'The process ended with exit code 255 before the handler returned.',
    exitCode: 255,
  },
  'a kill by the kernel for want of memory': {
    ending: died(137, true),
    outcome: 'out_of_memory',
    error: 'Out of memory: the process was ended before the handler returned because it needed more than its 256 MB.',
    exitCode: 137,
  },
  'a kill by the kernel for want of memory while loading': {
    ending: died(137, true, 'load'),
    outcome: 'out_of_memory',
    error: 'Out of memory: the process was ended while its module was loading because it needed more than its 256 MB.',
    exitCode: 137,
  },
  'an abort of V8 with a full heap': {
    ending: died(134),
    lastOutput: `some log\n${heapReport}----- Native stack trace -----`,
    outcome: 'out_of_memory',
    error: 'Out of memory: the process was ended before the handler returned because it needed more than its 256 MB.',
    exitCode: 134,
  },
  'an abort for another reason': {
    ending: died(134),
    lastOutput: 'assertion failed',
    outcome: 'exited',
    error: 'The process ended by signal SIGABRT (exit code 134) before the handler returned.',
    exitCode: 134,
  },
  'a report of a full heap without an abort': {
    ending: died(1),
    lastOutput: heapReport,
    outcome: 'exited',
    error: 'The process ended with exit code 1 before the handler returned.',
    exitCode: 1,
  },
  'a sandbox that vanished': {
    ending: { cause: 'died', phase: 'call', exit: undefined },
    outcome: 'exited',
    error: 'The sandbox disappeared before the handler returned: someone or something removed it.',
  },
  'a sandbox that vanished while loading': {
    ending: { cause: 'died', phase: 'load', exit: undefined },
    outcome: 'exited',
    error: 'The sandbox disappeared while its module was loading: someone or something removed it.',
  },
  'a broken rule of the channel': {
    ending: { cause: 'violation', reason: 'it sent a result over the limit' },
    outcome: 'protocol_violation',
    error: 'The sandbox broke the protocol and was killed: it sent a result over the limit.',
  },
};

describe('the outcome', () => {
  it.each(Object.entries(rows))('of %s', (_what, { ending, lastOutput = '', outcome, error, exitCode }) => {
    const verdict = classify(ending, defaultLimits, lastOutput);
    expect(verdict).toEqual({ outcome, error, exitCode, result: outcome === 'ok' ? Buffer.from('1') : undefined });
  });

  it('is each of those that the contract names, and no other', () => {
    expect([...new Set(Object.values(rows).map((row) => row.outcome))].toSorted()).toEqual([
      'bad_result',
      'exited',
      'handler_error',
      'load_error',
      'ok',
      'out_of_memory',
      'output_too_large',
      'protocol_violation',
      'timeout',
    ]);
  });

  it('of a handler’s own words is not looked for in them', () => {
    const answer = { status: 'handler_error', error: heapReport, ...said } as const;
    expect(classify({ cause: 'answered', answer }, defaultLimits, heapReport).outcome).toBe('handler_error');
  });

  it('does not exist for a sandbox that has only been loaded', () => {
    const ready: ToldEnding = { cause: 'answered', answer: { status: 'ready', loadMs: 1 } };
    expect(() => classify(ready, defaultLimits, '')).toThrow(TypeError);
  });
});

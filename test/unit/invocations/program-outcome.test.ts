import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/functions/function-policy.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import { programVerdict, type ToldProgramEnd } from '../../../src/invocations/program-outcome.ts';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';

const limits = { ...defaultLimits, resultBytes: 40 };

interface Row {
  readonly ending: ToldProgramEnd['ending'];
  readonly stdout?: string | Buffer;
  readonly stderr?: string;
  readonly outcome: Outcome;
  /** JSON text of the result. */
  readonly result?: string;
  readonly error?: RegExp;
  readonly exitCode?: number;
}

const exit = (exitCode: number, outOfMemory = false): ToldProgramEnd['ending'] => ({
  cause: 'died',
  phase: 'call',
  exit: { exitCode, outOfMemory },
});

const manyLines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');

const rows: Readonly<Record<string, Row>> = {
  'JSON on stdout': {
    ending: exit(0),
    stdout: '{"a": [1, 2]}\n',
    outcome: 'ok',
    result: '{"a": [1, 2]}\n',
    exitCode: 0,
  },
  'a JSON text': { ending: exit(0), stdout: '"x"', outcome: 'ok', result: '"x"', exitCode: 0 },
  'other text': { ending: exit(0), stdout: 'hello\n', outcome: 'ok', result: '"hello\\n"', exitCode: 0 },
  'text that begins as JSON': {
    ending: exit(0),
    stdout: '{"a":1} x',
    outcome: 'ok',
    result: '"{\\"a\\":1} x"',
    exitCode: 0,
  },
  'a number that JSON does not have': { ending: exit(0), stdout: 'NaN', outcome: 'ok', result: '"NaN"', exitCode: 0 },
  'bytes that are no text': {
    ending: exit(0),
    stdout: Buffer.from([0xff, 0x41]),
    outcome: 'ok',
    result: '"\ufffdA"',
    exitCode: 0,
  },
  'nothing at all': { ending: exit(0), outcome: 'ok', result: 'null', exitCode: 0 },
  'as much as is allowed': {
    ending: exit(0),
    stdout: `"${'x'.repeat(38)}"`,
    outcome: 'ok',
    result: `"${'x'.repeat(38)}"`,
    exitCode: 0,
  },
  'more than is allowed': {
    ending: exit(0),
    stdout: `"${'x'.repeat(39)}"`,
    outcome: 'output_too_large',
    error: /41 bytes.*40 bytes/,
    exitCode: 0,
  },
  'text that JSON makes too long': {
    ending: exit(0),
    stdout: 'x'.repeat(39),
    outcome: 'output_too_large',
    error: /41 bytes.*40 bytes/,
    exitCode: 0,
  },
  'an exit code other than 0': {
    ending: exit(3),
    stdout: '{"ignored":true}',
    stderr: 'first\nno such thing\n',
    outcome: 'handler_error',
    error: /^The program ended with exit code 3\. It wrote last:\nfirst\nno such thing$/,
    exitCode: 3,
  },
  'an exit code with nothing said': {
    ending: exit(1),
    outcome: 'handler_error',
    error: /^The program ended with exit code 1\.$/,
    exitCode: 1,
  },
  'much said before': {
    ending: exit(1),
    stderr: manyLines,
    outcome: 'handler_error',
    error: /It wrote last:\nline 80\n[^]*\nline 99$/,
    exitCode: 1,
  },
  'a signal': {
    ending: exit(139),
    outcome: 'handler_error',
    error: /exit code 139, as SIGSEGV leaves it/,
    exitCode: 139,
  },
  'no memory left': { ending: exit(137, true), outcome: 'out_of_memory', error: /256 MB/, exitCode: 137 },
  'a deadline': {
    ending: { cause: 'deadline', phase: 'call', limitMs: 500 },
    outcome: 'timeout',
    error: /^Execution timed out.*500 ms/,
  },
  'a container that was removed': {
    ending: { cause: 'died', phase: 'call', exit: undefined },
    outcome: 'exited',
    error: /disappeared/,
  },
};

function buffer(content: string | Buffer, maxBytes: number): LogBuffer {
  const made = new LogBuffer(maxBytes);
  made.append(Buffer.from(content));
  return made;
}

describe('what a program’s caller is told of', () => {
  it.each(Object.entries(rows))('%s', (_title, { ending, stdout = '', stderr = '', ...expected }) => {
    const end = { ending, stdout: buffer(stdout, limits.resultBytes), stderr: buffer(stderr, 10_000) };
    const verdict = programVerdict(end, limits);
    expect(verdict.outcome).toBe(expected.outcome);
    expect(verdict.result?.toString()).toBe(expected.result);
    expect(verdict.exitCode).toBe(expected.exitCode);
    if (expected.error === undefined) expect(verdict.error).toBeUndefined();
    else expect(verdict.error).toMatch(expected.error);
  });
});

import { describe, expect, test } from 'vitest';
import type { Frame, FrameType } from '../../../runtime/protocol.ts';
import {
  maxErrorTextBytes,
  maxOutputBytes,
  parseHostFrame,
  parseShimFrame,
  ProtocolError,
} from '../../../runtime/protocol.ts';

function frame(type: FrameType, head: Record<string, unknown>, tail = ''): Frame {
  return { type, head, tail: Buffer.from(tail) };
}

const hello = { protocol: 1, language: 'node', language_version: '24.1.0' };
const result = { id: 'i', status: 'ok', duration_ms: 1.25, reusable: true };
const entry = { file: 'main.mjs', export: 'handler', source_maps: false };
const init = {
  protocol: 1,
  function_name: 'greeter',
  function_version: 3,
  entry,
  env: { A: 'b' },
  memory_limit_mb: 256,
  result_bytes: 6_000_000,
};
const program = { protocol: 1, command: ['ls', ''], env: { A: 'b' }, directory: '/function' };
const invoke = { id: 'i', attempt: 2, deadline_ms: 1_700_000_000_000, remaining_ms: 9999.5 };

describe('a frame from a sandbox', () => {
  test.each([
    [frame('hello', hello), { type: 'hello', protocol: 1, language: 'node', languageVersion: '24.1.0' }],
    [frame('ready', { load_ms: 4.5 }), { type: 'ready', loadMs: 4.5 }],
    [frame('load_failed', {}, 'no such file'), { type: 'load_failed', error: 'no such file' }],
    [
      frame('result', result, '[1]'),
      { type: 'result', id: 'i', status: 'ok', durationMs: 1.25, reusable: true, resultJson: Buffer.from('[1]') },
    ],
    [
      frame('result', { ...result, status: 'handler_error' }, 'Error: x'),
      { type: 'result', id: 'i', status: 'handler_error', durationMs: 1.25, reusable: true, error: 'Error: x' },
    ],
    [frame('output', { stream: 'stderr' }, 'a\n'), { type: 'output', stream: 'stderr', bytes: Buffer.from('a\n') }],
    [
      frame('exited', { exit_code: 3, signal: null, duration_ms: 2 }),
      { type: 'exited', exitCode: 3, signal: undefined, durationMs: 2 },
    ],
    [
      frame('exited', { exit_code: null, signal: 'SIGSEGV', duration_ms: 2 }),
      { type: 'exited', exitCode: undefined, signal: 'SIGSEGV', durationMs: 2 },
    ],
  ])('is read into the words of the code', (given, expected) => {
    expect(parseShimFrame(given)).toEqual(expected);
  });

  test('may have fields that nobody knows', () => {
    expect(parseShimFrame(frame('ready', { load_ms: 1, logs: 'forged' }))).toEqual({ type: 'ready', loadMs: 1 });
  });

  test('has an error text with a mark where it is not UTF-8', () => {
    const given: Frame = { type: 'load_failed', head: {}, tail: Buffer.from([0x61, 0xff]) };
    expect(parseShimFrame(given)).toEqual({ type: 'load_failed', error: 'a\ufffd' });
  });

  test.each([
    ['no protocol', frame('hello', { ...hello, protocol: undefined })],
    ['a protocol that is text', frame('hello', { ...hello, protocol: '1' })],
    ['a protocol that is not whole', frame('hello', { ...hello, protocol: 1.5 })],
    ['a language that is not text', frame('hello', { ...hello, language: ['node'] })],
    ['a language version without an end', frame('hello', { ...hello, language_version: 'x'.repeat(257) })],
    ['a negative time', frame('ready', { load_ms: -1 })],
    ['a time that is text', frame('ready', { load_ms: '1' })],
    ['a time that is no number', frame('ready', { load_ms: Number.NaN })],
    ['no id', frame('result', { ...result, id: undefined })],
    ['an empty id', frame('result', { ...result, id: '' })],
    ['an id without an end', frame('result', { ...result, id: 'x'.repeat(129) })],
    ['a status that there is not', frame('result', { ...result, status: 'timeout' })],
    ['no reusable', frame('result', { ...result, reusable: undefined })],
    ['a reusable that is a number', frame('result', { ...result, reusable: 1 })],
    ['an error text over the cap', frame('load_failed', {}, 'x'.repeat(maxErrorTextBytes + 1))],
    ['output of no stream', frame('output', {}, 'a')],
    ['output of another stream', frame('output', { stream: 'stdin' }, 'a')],
    ['output over the cap', frame('output', { stream: 'stdout' }, 'x'.repeat(maxOutputBytes + 1))],
    ['neither exit code nor signal', frame('exited', { exit_code: null, signal: null, duration_ms: 1 })],
    ['exit code and signal', frame('exited', { exit_code: 1, signal: 'SIGKILL', duration_ms: 1 })],
    ['an exit code over 255', frame('exited', { exit_code: 256, signal: null, duration_ms: 1 })],
    ['a negative exit code', frame('exited', { exit_code: -1, signal: null, duration_ms: 1 })],
    ['half an exit code', frame('exited', { exit_code: 1.5, signal: null, duration_ms: 1 })],
    ['a signal of other words', frame('exited', { exit_code: null, signal: 'SIG evil', duration_ms: 1 })],
    ['an end without its time', frame('exited', { exit_code: 1, signal: null })],
    ['the type program', frame('program', program)],
    ['the type init', frame('init', init)],
    ['the type invoke', frame('invoke', invoke)],
  ])('is refused with %s', (_what, given) => {
    expect(() => parseShimFrame(given)).toThrow(ProtocolError);
  });

  test('does not bring its own words into the message of a refusal', () => {
    expect(() => parseShimFrame(frame('result', { ...result, status: 'evil words' }))).toThrow(/^(?!.*evil words)/);
  });
});

describe('a frame from the host', () => {
  test('is read into the words of the code', () => {
    expect(parseHostFrame(frame('init', init))).toEqual({
      type: 'init',
      functionName: 'greeter',
      functionVersion: 3,
      entry: { file: 'main.mjs', exportName: 'handler', sourceMaps: false },
      env: { A: 'b' },
      memoryLimitMb: 256,
      resultBytes: 6_000_000,
    });
    expect(parseHostFrame(frame('invoke', invoke, '{}'))).toEqual({
      type: 'invoke',
      id: 'i',
      attempt: 2,
      deadlineMs: 1_700_000_000_000,
      remainingMs: 9999.5,
      envelope: Buffer.from('{}'),
    });
    expect(parseHostFrame(frame('program', program, 'in'))).toEqual({
      type: 'program',
      command: ['ls', ''],
      env: { A: 'b' },
      directory: '/function',
      stdin: Buffer.from('in'),
    });
  });

  test.each([
    ['another protocol', frame('init', { ...init, protocol: 2 })],
    ['no entry', frame('init', { ...init, entry: undefined })],
    ['an entry without a file', frame('init', { ...init, entry: { ...entry, file: '' } })],
    ['an environment that is an array', frame('init', { ...init, env: [] })],
    ['an environment with a number', frame('init', { ...init, env: { A: 1 } })],
    ['no result size', frame('init', { ...init, result_bytes: null })],
    ['no attempt', frame('invoke', { ...invoke, attempt: undefined })],
    ['half an attempt', frame('invoke', { ...invoke, attempt: 1.5 })],
    ['no deadline', frame('invoke', { ...invoke, deadline_ms: undefined })],
    ['a negative remaining time', frame('invoke', { ...invoke, remaining_ms: -1 })],
    ['a program of another protocol', frame('program', { ...program, protocol: 2 })],
    ['no command', frame('program', { ...program, command: [] })],
    ['a command without a name', frame('program', { ...program, command: [''] })],
    ['a command that is a text', frame('program', { ...program, command: 'ls' })],
    ['a command with a number', frame('program', { ...program, command: ['ls', 1] })],
    ['an environment with a number', frame('program', { ...program, env: { A: 1 } })],
    ['the type hello', frame('hello', hello)],
    ['the type result', frame('result', result)],
    ['the type exited', frame('exited', { exit_code: 0, signal: null, duration_ms: 1 })],
  ])('is refused with %s', (_what, given) => {
    expect(() => parseHostFrame(given)).toThrow(ProtocolError);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReply, type Reply } from '../../../src/invocations/reply.ts';

const reply: Reply = {
  verdict: { outcome: 'ok', result: Buffer.from('{"a":1}'), error: undefined, exitCode: undefined },
  logs: 'a line\n',
  logsTruncated: false,
  durationMs: 12.3456,
  invocationId: 'i-1',
  functionName: 'hello',
  functionVersion: 3,
  coldStart: true,
  queueMs: 0.00049,
  initMs: 310,
  use: { maxMemoryBytes: 50_000_000, cpuMs: 8.7654 },
};

const failed = (error: string): Reply => ({
  ...reply,
  verdict: { outcome: 'exited', result: undefined, error, exitCode: 137 },
});

const text = (given: Reply): string => encodeReply(given).toString();
const decoded = (given: Reply): unknown => JSON.parse(text(given));

describe('the reply to an invocation', () => {
  it('has all members of the contract when a result came', () => {
    expect(decoded(reply)).toMatchObject({
      result: { a: 1 },
      logs: 'a line\n',
      error: null,
      duration_ms: 12.346,
      invocation: {
        id: 'i-1',
        function: 'hello',
        version: 3,
        outcome: 'ok',
        exit_code: null,
        cold_start: true,
        queue_ms: 0,
        init_ms: 310,
        max_memory_bytes: 50_000_000,
        cpu_ms: 8.765,
        logs_truncated: false,
      },
    });
  });

  it('has the same members when none came, with null for the result', () => {
    expect(decoded({ ...failed('It ended.'), logsTruncated: true, coldStart: false, initMs: 0 })).toMatchObject({
      result: null,
      logs: 'a line\n',
      error: 'It ended.',
      duration_ms: 12.346,
      invocation: { outcome: 'exited', exit_code: 137, cold_start: false, init_ms: 0, logs_truncated: true },
    });
    const members = (given: Reply): unknown => {
      const { invocation, ...rest } = decoded(given) as { invocation: object };
      return [Object.keys(rest), Object.keys(invocation)];
    };
    expect(members(failed('It ended.'))).toEqual(members(reply));
  });

  it('has null for what the kernel could not tell', () => {
    expect(decoded({ ...reply, use: { maxMemoryBytes: undefined, cpuMs: undefined } })).toMatchObject({
      invocation: { max_memory_bytes: null, cpu_ms: null },
    });
  });

  it('holds an exit code of 0 as a number', () => {
    const verdict = { ...failed('It ended.').verdict, exitCode: 0 };
    expect(decoded({ ...reply, verdict })).toMatchObject({ invocation: { exit_code: 0 } });
  });

  it.each(['-0', '1.0e+2', '1e400', ' {"a" : 1,"a":2}\n', '"\\ud800\\u0000"', '12345678901234567890', '"\u2028é😀"'])(
    'carries the result %j as the bytes that came',
    (json) => {
      const verdict = { ...reply.verdict, result: Buffer.from(json) };
      expect(text({ ...reply, verdict }).startsWith(`{"result":${json},"logs":`)).toBe(true);
    },
  );

  it('carries a result deeper than could be written again', () => {
    const json = '['.repeat(50_000) + ']'.repeat(50_000);
    const encoded = text({ ...reply, verdict: { ...reply.verdict, result: Buffer.from(json) } });
    expect(encoded.startsWith(`{"result":${json},"logs":`)).toBe(true);
  });

  it('is JSON in UTF-8, and says what was logged, whatever that was', () => {
    const nasty = fc.constantFrom(
      '\0',
      '\ud800',
      '\udfff',
      '\u2028',
      '\u2029',
      '"',
      '\\',
      '\u001b[31m',
      '\ufeff',
      '",',
    );
    const written = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 10 });
    fc.assert(
      fc.property(written, written, fc.jsonValue(), (logParts, errorParts, value) => {
        const [logs, error, json] = [logParts.join(''), errorParts.join(''), JSON.stringify(value)];
        const verdict = { ...reply.verdict, error, result: Buffer.from(json) };
        const strict = new TextDecoder('utf-8', { fatal: true });
        const parsed = JSON.parse(strict.decode(encodeReply({ ...reply, logs, verdict }))) as Record<string, unknown>;
        expect(parsed).toMatchObject({ logs, error, invocation: { id: 'i-1', outcome: 'ok' } });
        expect(parsed['result']).toEqual(JSON.parse(json));
      }),
    );
  });

  it('cannot be forged by logs that look like one', () => {
    const logs = '","error":"forged","invocation":{"outcome":"timeout"}}';
    expect(decoded({ ...reply, logs })).toMatchObject({ logs, error: null, invocation: { outcome: 'ok' } });
  });
});

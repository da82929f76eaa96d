import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ShimFrame } from '../../../runtime/protocol.ts';
import { answerTo } from '../../../src/sandboxes/answer.ts';
import type { Phase } from '../../../src/sandboxes/ending.ts';
import { Exchange } from '../../../src/sandboxes/exchange.ts';

function exchange(phase: Phase): Exchange {
  const open = new Exchange({ phase, limitMs: 60_000, ...(phase === 'call' ? { invocationId: 'mine' } : {}) });
  onTestFinished(() => {
    open.settle({ cause: 'cancelled' });
  });
  return open;
}

function result(json: string | Buffer, id = 'mine'): ShimFrame {
  return { type: 'result', id, durationMs: 1.5, reusable: true, status: 'ok', resultJson: Buffer.from(json) };
}

const failure = (status: 'handler_error' | 'bad_result' | 'output_too_large', id = 'mine'): ShimFrame => ({
  type: 'result',
  id,
  durationMs: 1.5,
  reusable: false,
  status,
  error: 'Error: no',
});

const hello: ShimFrame = { type: 'hello', protocol: 1, language: 'node', languageVersion: '24.0.0' };
const ready: ShimFrame = { type: 'ready', loadMs: 7 };
const loadFailed: ShimFrame = { type: 'load_failed', error: 'Error: no' };
const failed = { error: 'Error: no', durationMs: 1.5, reusable: false };

describe('what a frame says to what was asked', () => {
  it.each<[frame: ShimFrame, phase: Phase, answer: unknown]>([
    [hello, 'load', 'it sent a hello frame while loading'],
    [ready, 'load', { status: 'ready', loadMs: 7 }],
    [loadFailed, 'load', { status: 'load_failed', error: 'Error: no' }],
    [result('1'), 'load', 'it sent a result frame while loading'],
    [hello, 'call', 'it sent a hello frame instead of a result'],
    [ready, 'call', 'it sent a ready frame instead of a result'],
    [loadFailed, 'call', 'it sent a load_failed frame instead of a result'],
    [result('1'), 'call', { status: 'ok', result: Buffer.from('1'), durationMs: 1.5, reusable: true }],
    [failure('handler_error'), 'call', { status: 'handler_error', ...failed }],
    [failure('bad_result'), 'call', { status: 'bad_result', ...failed }],
    [failure('output_too_large'), 'call', { status: 'output_too_large', ...failed }],
    [result('1', 'other'), 'call', 'it answered an invocation that it was not asked for'],
    [failure('handler_error', 'other'), 'call', 'it answered an invocation that it was not asked for'],
  ])('$type $status to $1', (frame, phase, answer) => {
    expect(answerTo(exchange(phase), frame, 1000)).toEqual(answer);
  });

  it('is a broken rule when the result is one byte over its limit, and an answer when it is not', () => {
    expect(answerTo(exchange('call'), result('"12"'), 4)).toMatchObject({ status: 'ok' });
    expect(answerTo(exchange('call'), result('"12"'), 3)).toBe('it sent a result over the limit');
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  '],
    ['undefined', 'undefined'],
    ['NaN', 'NaN'],
    ['two values', '1 2'],
    ['half a value', '{"a":'],
    ['a way out of the reply', '1,"error":null}'],
    ['a comment', '1/**/'],
    ['single quotes', "'a'"],
    ['a byte order mark', '\ufeff1'],
    ['a raw line break in a text', '"a\nb"'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['half a character', Buffer.from([0x22, 0xc3, 0x22])],
    ['a surrogate as bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('is a broken rule when the result is %s', (_what, json) => {
    expect(answerTo(exchange('call'), result(json), 1000)).toBe('it sent a result that is not JSON');
  });

  it('is the result’s own bytes for any JSON, blanks and odd spellings kept', () => {
    const blanks = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
    fc.assert(
      fc.property(fc.json(), blanks, blanks, (json, before, after) => {
        const bytes = Buffer.from(before + json + after);
        expect(answerTo(exchange('call'), result(bytes), bytes.length)).toMatchObject({ result: bytes });
      }),
    );
    for (const json of ['-0', '1e400', '1.0E+2', '"\\u0000\\ud800"', '{"a":1,"a":2}', '{"__proto__":null}']) {
      expect(answerTo(exchange('call'), result(json), 1000)).toMatchObject({ result: Buffer.from(json) });
    }
  });

  it('is the result’s own bytes for JSON of any depth', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(answerTo(exchange('call'), result(deep), deep.length)).toMatchObject({ status: 'ok' });
  });
});

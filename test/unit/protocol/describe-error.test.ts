import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorDescriber } from '../../../runtime/node/describe-error.ts';
import { maxErrorTextBytes } from '../../../runtime/protocol.ts';

const describeError = errorDescriber('/opt/sraas/node/shim.cjs');

function withStack(error: Error, ...frames: readonly string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

describe('the description of an error', () => {
  test("keeps the user's frames and leaves out the shim's and those of Node below them", () => {
    const error = withStack(
      new TypeError('no'),
      'node:internal/validators:1:1',
      'inner (file:///function/main.mjs:3:9)',
      'Socket.emit (node:events:519:28)',
      'handler (file:///function/main.mjs:7:9)',
      'callHandler (/opt/sraas/node/shim.cjs:10:2)',
      'new Promise (<anonymous>)',
      'async Shim.run (/opt/sraas/node/shim.cjs:20:2)',
      'process.processTicksAndRejections (node:internal/process/task_queues:103:5)',
    );
    expect(describeError(error)).toBe(
      [
        'TypeError: no',
        '    at node:internal/validators:1:1',
        '    at inner (file:///function/main.mjs:3:9)',
        '    at Socket.emit (node:events:519:28)',
        '    at handler (file:///function/main.mjs:7:9)',
      ].join('\n'),
    );
  });

  test('leaves a message alone that looks like frames', () => {
    const error = withStack(
      new Error('see\n    at node:internal/x:1:1\nthere'),
      'handler (file:///function/a.mjs:1:1)',
    );
    expect(describeError(error)).toContain('see\n    at node:internal/x:1:1\nthere\n    at handler');
  });

  test('names the causes down to the tenth', () => {
    let error = new Error('cause 12');
    for (let depth = 11; depth >= 0; depth -= 1) error = new Error(`cause ${depth}`, { cause: error });
    const text = describeError(error);
    expect(text).toContain('Caused by: Error: cause 10\n');
    expect(text).not.toContain('cause 11');
    expect(text).toContain('left out');
  });

  test('names a cause that is no Error', () => {
    expect(describeError(new Error('top', { cause: 'text' }))).toMatch(/Caused by: .*not an Error.*'text'/);
  });

  test('names ten errors of an AggregateError and counts the rest', () => {
    const errors = Array.from({ length: 13 }, (_, index) => new Error(`part ${index + 1}`));
    const text = describeError(new AggregateError(errors, 'all failed'));
    expect(text).toContain('AggregateError: all failed');
    expect(text).toContain('Error 10 of 13: Error: part 10');
    expect(text).not.toContain('part 11');
    expect(text).toContain('3 more errors are left out.');
  });

  test('stays within its bytes when errors branch at every level', () => {
    const branch = (depth: number): Error =>
      depth === 0
        ? new Error('é'.repeat(1000))
        : new AggregateError(Array.from({ length: 10 }, () => branch(depth - 1)));
    expect(Buffer.byteLength(describeError(branch(4)))).toBeLessThanOrEqual(maxErrorTextBytes);
  });

  test.each([1, 2, 3])('cuts between characters (offset %i)', (offset) => {
    const text = describeError(new Error(`${'x'.repeat(offset)}${'😀'.repeat(40_000)}`));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxErrorTextBytes);
    expect(text).not.toContain('\ufffd');
    expect(text).toMatch(/… \(cut\)$/);
  });

  test('is text for anything that can be thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true }), (thrown) => {
        const text = describeError(thrown);
        expect(text.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxErrorTextBytes);
      }),
    );
  });

  test('survives a revoked proxy', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeError(proxy)).toMatch(/not an Error|could not be described/);
  });
});

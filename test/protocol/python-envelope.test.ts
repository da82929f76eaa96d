import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../runtime/protocol.ts';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import { resultOf } from './result-of.ts';
import { invokeHead, ShimProcess, type ShimEvent } from './shim-process.ts';

/** Invokes with an event that is put into the envelope as it is. */
async function invokeWith(shim: ShimProcess, event: string): Promise<ShimEvent> {
  shim.send(encodeFrame('invoke', invokeHead(), Buffer.from(`{"version":"v1","event":${event}}`)));
  return shim.next();
}

describe.each(pythonPrograms)('an event on %s', (program) => {
  test('of more levels than can be read fails its call, and the sandbox serves the next', async () => {
    await using shim = await ShimProcess.start(pythonShim(program));
    await shim.load('echoes-event.py');
    const deep = await invokeWith(shim, '['.repeat(200_000) + ']'.repeat(200_000));
    expect(deep).toMatchObject({ status: 'handler_error', reusable: true, durationMs: 0 });
    expect(deep).toHaveProperty('error', expect.stringMatching(/more levels/));
    expect(resultOf(await invokeWith(shim, '"next"'))).toBe('next');
  });

  test('of more digits than Python reads as a whole number is read as another', async () => {
    await using shim = await ShimProcess.start(pythonShim(program));
    await shim.load('echoes-event.py');
    expect(resultOf(await invokeWith(shim, `[1${'0'.repeat(300)}, 1]`))).toEqual([1e300, 1]);
    const huge = await invokeWith(shim, `[${'9'.repeat(100_000)}]`);
    expect(huge).toMatchObject({ type: 'result', reusable: true });
  });

  test('with blanks around it is read all the same', async () => {
    await using shim = await ShimProcess.start(pythonShim(program));
    await shim.load('echoes-event.py');
    expect(resultOf(await invokeWith(shim, ' \n[ 1 , "\\ud83d\\ude00" ] '))).toEqual([1, '😀']);
  });
});

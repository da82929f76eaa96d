import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  encodeFrame,
  FrameDecoder,
  maxShimFrameBytes,
  parseShimFrame,
  shimExitCode,
  type ShimFrame,
} from '../../runtime/protocol.ts';
import { python } from './language.ts';
import { pythonPrograms } from './python-shim.ts';
import { resultOf } from './result-of.ts';
import { initHead, invokeHead } from './shim-process.ts';

const main = join(import.meta.dirname, '../../runtime/python/main.py');
const mark = 'a-text-that-nobody-can-foresee';

function startShim(program: string): ChildProcessWithoutNullStreams {
  const child = spawn(program, ['-I', '-B', main, '--code', python.handlers, '--transport', 'stdio'], {
    cwd: python.handlers,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  // A shim that has ended no longer reads.
  child.stdin.on('error', () => undefined);
  return child;
}

async function* framesOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<ShimFrame, undefined> {
  const decoder = new FrameDecoder({ maxFrameBytes: maxShimFrameBytes(6_000_000) });
  for await (const [chunk] of on(child.stdout, 'data', { close: ['end'] })) {
    for (const frame of decoder.push(chunk as Buffer)) yield parseShimFrame(frame);
  }
  return undefined;
}

describe.each(pythonPrograms)('the Python shim over its standard streams on %s', (program) => {
  test('sends frames on stdout, and all output on stderr between two marks', async () => {
    const child = startShim(program);
    const frames = framesOf(child);
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    const closed = once(child, 'close');
    expect((await frames.next()).value).toMatchObject({ type: 'hello', language: 'python' });
    child.stdin.write(encodeFrame('init', initHead('tells-descriptors.py')));
    expect((await frames.next()).value).toMatchObject({ type: 'ready' });
    child.stdin.write(encodeFrame('invoke', invokeHead({ output_mark: mark }), Buffer.from('{"version":"v1"}')));
    const answer = (await frames.next()).value;
    // No stdin, and none of the shim's own descriptors in a child.
    expect(answer === undefined ? answer : resultOf(answer)).toEqual(['', [100, 101, 102], '[]']);
    child.stdin.end();
    expect(await closed).toEqual([0, null]);
    expect(output).toBe(`${mark}printed\nraw\n${mark}`);
  });

  test('ends at bytes that are no frame', async () => {
    const child = startShim(program);
    child.stdin.write('GET / HTTP/1.1\r\n\r\n');
    expect(await once(child, 'close')).toEqual([shimExitCode.protocolViolation, null]);
  });

  test('ends when it is told of a transport that there is not', async () => {
    const child = spawn(program, ['-I', '-B', main, '--transport', 'pigeon'], { stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([shimExitCode.noTransport, null]);
  });
});

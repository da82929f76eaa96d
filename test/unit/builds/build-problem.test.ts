import { describe, expect, it } from 'vitest';
import { failedAt, ownWords, stoppedAt } from '../../../src/builds/build-problem.ts';

const step = { text: 'RUN make', line: 7, keyword: 'RUN', title: 'RUN make   all' };
const limits = { memoryBytes: 268_435_456 };

describe('a failed build', () => {
  it.each([
    [2, 'Line 7: RUN make all: exit code 2.'],
    [
      137,
      'Line 7: RUN make all: exit code 137, killed: it most likely needed more than the 256 MB of memory that a step has.',
    ],
  ])('names the line and the exit code %i', (exitCode, detail) => {
    expect(failedAt({ end: 'failed', message: 'x', exitCode }, step, limits)).toEqual({
      detail,
      line: 7,
      instruction: 'RUN',
      exitCode,
    });
  });

  it('without an exit code says what could not be done, without the words of the engine', () => {
    const end = { end: 'failed', message: 'COPY failed: lstat /var/lib/docker/x', exitCode: undefined } as const;
    expect(failedAt(end, { ...step, keyword: 'COPY', title: 'COPY a b' }, limits)).toEqual({
      detail: 'Line 7: COPY a b: what it copies is not there, or cannot be put where it says; the log has more.',
      line: 7,
      instruction: 'COPY',
    });
    expect(failedAt(end, undefined, limits).detail).toMatch(/^The build failed: /);
  });

  it('that was stopped says why and where', () => {
    expect(stoppedAt('It took too long.', step).detail).toBe('It took too long. It was at line 7: RUN make all');
    expect(stoppedAt('It took too long.', undefined)).toEqual({ detail: 'It took too long.' });
  });
});

describe('the words of an engine', () => {
  it.each([
    ['COPY failed: stat nope: file does not exist', 'COPY failed: stat nope: file does not exist'],
    ['stat /var/lib/docker/overlay2/0a1b/merged/nope: no such file', 'stat /nope: no such file'],
    ['lstat /var/lib/docker/tmp/docker-builder123/a: no such file', 'lstat /a: no such file'],
    ['open /var/lib/docker/image/overlay2/x.json: no space left', undefined],
    ['open /run/containerd/fifo/x: no such file', undefined],
    [`no image sha256:${'a'.repeat(64)}.`, 'no image the image'],
    ['(HTTP code 400) unexpected - dockerfile parse error line 3', 'dockerfile parse error line 3'],
    ['', undefined],
  ])('%j are shown as %j', (message, expected) => {
    expect(ownWords(message)).toBe(expected);
  });
});

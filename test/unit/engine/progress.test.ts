import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followProgress } from '../../../src/engine/docker/progress.ts';

type Message = Readonly<Record<string, unknown>>;

const lines = (messages: readonly Message[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\r\n`).join('');

/** What a person sees of a stream with these bytes, and what it ends with. */
async function followed(chunks: readonly (string | Uint8Array)[]): Promise<{ shown: string[]; imageId?: string }> {
  const shown: string[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const imageId = await followProgress(stream, 'build_failed', (line) => shown.push(line));
  return imageId === undefined ? { shown } : { shown, imageId };
}

const build: readonly Message[] = [
  { stream: 'Step 1/2 : FROM scratch' },
  { stream: '\n' },
  { stream: ' ---> 1234\nRunning in é😀\n' },
  { aux: { ID: 'sha256:first' } },
  { stream: 'Successfully built\n' },
  { aux: { ID: 'sha256:last' } },
];
const shownOfBuild = ['Step 1/2 : FROM scratch', ' ---> 1234', 'Running in é😀', 'Successfully built'];

describe('the progress of a build', () => {
  it('is shown line by line, without empty ones, and ends with the image’s id', async () => {
    expect(await followed([lines(build)])).toEqual({ shown: shownOfBuild, imageId: 'sha256:last' });
  });

  it('is the same wherever the bytes were split', async () => {
    const bytes = Buffer.from(lines(build));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 20 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        const filled = chunks.filter((chunk) => chunk.length > 0);
        expect(await followed(filled)).toEqual({ shown: shownOfBuild, imageId: 'sha256:last' });
      }),
      { numRuns: 40 },
    );
  });

  it('needs no line break at its end, and bears empty lines', async () => {
    expect(await followed(['\n\n{"stream":"a"}\n\n{"stream":"b"}'])).toEqual({ shown: ['a', 'b'] });
  });

  it('fails with the error that comes inside the stream', async () => {
    const failing = lines([{ stream: 'a\n' }, { error: 'exit code 1', errorDetail: { code: 1 } }, { stream: 'b\n' }]);
    const shown: string[] = [];
    const follow = followProgress(Readable.from([Buffer.from(failing)]), 'build_failed', (line) => shown.push(line));
    await expect(follow).rejects.toMatchObject({ name: 'EngineError', code: 'build_failed', message: 'exit code 1' });
    expect(shown).toEqual(['a']);
  });

  it('fails when the stream breaks off', async () => {
    const stream = new PassThrough();
    const follow = followProgress(stream, 'build_failed', (line) => {
      if (line === 'a') stream.destroy(new Error('the connection broke'));
    });
    stream.write(lines([{ stream: 'a\n' }]));
    await expect(follow).rejects.toThrow('the connection broke');
  });

  it('may go unseen', async () => {
    const stream = Readable.from([Buffer.from(lines(build))]);
    expect(await followProgress(stream, 'build_failed', undefined)).toBe('sha256:last');
  });
});

describe('the progress of a pull', () => {
  it('names each layer and leaves out the redrawn bars', async () => {
    const pull = lines([
      { status: 'Pulling from library/node', id: '24-slim' },
      { status: 'Pulling fs layer', progressDetail: {}, id: 'aaa' },
      { status: 'Downloading', progressDetail: { current: 1, total: 2 }, progress: '[=>  ]', id: 'aaa' },
      { status: 'Extracting', progressDetail: { current: 2, total: 2 }, progress: '[====]', id: 'aaa' },
      { status: 'Pull complete', progressDetail: {}, id: 'aaa' },
      { status: 'Digest: sha256:1234' },
    ]);
    expect(await followed([pull])).toEqual({
      shown: [
        '24-slim: Pulling from library/node',
        'aaa: Pulling fs layer',
        'aaa: Pull complete',
        'Digest: sha256:1234',
      ],
    });
  });
});

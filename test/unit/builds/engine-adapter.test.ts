import { describe, expect, it } from 'vitest';
import type Docker from 'dockerode';
import { buildQuery } from '../../../src/engine/docker/build-query.ts';
import { readBuildStream } from '../../../src/engine/docker/build-stream.ts';
import { imageDetails } from '../../../src/engine/docker/image-details.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

describe('the answer to a build', () => {
  const read = async (...texts: readonly string[]) => {
    const output: string[] = [];
    const end = await readBuildStream(chunks(...texts), (text) => Promise.resolve(void output.push(text)));
    return { output, end };
  };

  it('is output, and at last an image, however it is cut', async () => {
    const text = '{"stream":"ä\\n"}\r\n{"stream":"two"}\n{"aux":{"ID":"sha256:1"}}\n';
    const whole = await read(text);
    expect(whole).toEqual({ output: ['ä\n', 'two'], end: { end: 'built', imageId: 'sha256:1' } });
    const bytes = Buffer.from(text);
    const output: string[] = [];
    const single = (async function* () {
      for (const byte of bytes) yield await Promise.resolve(Buffer.from([byte]));
    })();
    const end = await readBuildStream(single, (piece) => Promise.resolve(void output.push(piece)));
    expect({ output, end }).toEqual(whole);
  });

  it('can be a failure under status 200, with an exit code or without', async () => {
    const withCode = await read('{"errorDetail":{"code":2,"message":"no"},"error":"no"}\n');
    expect(withCode.end).toEqual({ end: 'failed', message: 'no', exitCode: 2 });
    const without = await read('{"errorDetail":{"message":"COPY failed"},"error":"COPY failed"}\n');
    expect(without.end).toEqual({ end: 'failed', message: 'COPY failed', exitCode: undefined });
  });

  it('is read no faster than its output is taken', async () => {
    let read = 0;
    const stream = (async function* () {
      for (; read < 100; read += 1) yield await Promise.resolve(Buffer.from('{"stream":"x"}\n'));
    })();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reading = readBuildStream(stream, () => held).catch((error: unknown) => error);
    await new Promise(setImmediate);
    expect(read).toBeLessThan(2);
    release();
    await reading;
    expect(read).toBe(100);
  });

  it.each([
    ['that breaks off', ['{"stream":"x"}\n'], 'unreachable'],
    ['that is no JSON', ['<html>\n'], 'refused'],
    ['without an end', ['x'.repeat(600_000), 'x'.repeat(600_000)], 'refused'],
  ])('%s is an error', async (_what, texts, code) => {
    await expect(read(...texts)).rejects.toMatchObject({ name: 'EngineError', code });
  });
});

describe('what the engine is asked to build', () => {
  const query = buildQuery({
    dockerfilePath: '.x',
    reference: 'sraas/built:1',
    limits: { memoryBytes: 1024, cpus: 0.5, sharedMemoryBytes: 64, openFiles: 10, fileBytes: 20, cgroupParent: '/x' },
    network: 'none',
    signal: new AbortController().signal,
    onOutput: () => Promise.resolve(),
  }) as Record<string, unknown>;

  it('is built by the classic builder, without cache, under every limit', () => {
    const { ulimits, ...rest } = query;
    expect(rest).toEqual({
      dockerfile: '.x',
      t: 'sraas/built:1',
      version: '1',
      nocache: true,
      pull: false,
      rm: true,
      forcerm: true,
      networkmode: 'none',
      memory: 1024,
      memswap: 1024,
      cpuperiod: 100_000,
      cpuquota: 50_000,
      shmsize: 64,
      cgroupparent: '/x',
    });
    // A list would be sent as several parameters, which the engine does not read.
    expect(JSON.parse(ulimits as string)).toEqual([
      { Name: 'nofile', Soft: 10, Hard: 10 },
      { Name: 'fsize', Soft: 20, Hard: 20 },
      { Name: 'core', Soft: 0, Hard: 0 },
    ]);
  });
});

describe('what the engine says of an image', () => {
  it('is read with whatever it leaves out', () => {
    const answer = { Id: 'sha256:1', Os: 'linux', Architecture: 'amd64', Size: 5, RootFS: {}, Config: null };
    expect(imageDetails(answer as unknown as Docker.ImageInspectInfo)).toEqual({
      id: 'sha256:1',
      references: [],
      labels: {},
      sizeBytes: 5,
      layers: 0,
      operatingSystem: 'linux',
      architecture: 'amd64',
      entryPoint: [],
      command: [],
      environment: {},
      workingDirectory: '',
      volumes: [],
      triggers: [],
    });
  });
});

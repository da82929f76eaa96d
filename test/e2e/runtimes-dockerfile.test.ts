import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../src/wire/build.ts';
import { docker, until } from '../support/containers.ts';
import { removeAllImages } from '../support/custom-runtimes.ts';
import { localBase } from '../support/local-base.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let debian: string;
let node: string;
beforeAll(async () => {
  [debian, node] = await Promise.all([localBase('debian'), localBase('node24')]);
  server = await startServer();
});
afterAll(async () => {
  await removeAllImages(server);
  await server.stop();
});

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

const shellProgram = (words: string): { files: Record<string, string> } => ({
  files: {
    Dockerfile: `FROM ${debian}\nRUN echo installing\nCMD ["sh", "/function/main.sh"]\n`,
    'main.sh': `cat > /tmp/event; printf '${words} '; cat /tmp/event\n`,
  },
});

describe('a function with a Dockerfile of its own', () => {
  it('is a program where it has no handler, and another code beside the same Dockerfile costs no build', async () => {
    const { client } = server;
    const events: BuildEvent[] = [];
    const config = { runtime: 'dockerfile' };
    const first = await client.deploy('shell', config, shellProgram('first'), {
      onBuild: (event) => events.push(event),
    });
    expect(first).toMatchObject({ outcome: 'created', runtime: 'dockerfile', isolation: 'fresh', version: 1 });
    expect(JSON.stringify(events)).toContain('installing');
    expect((await client.invoke('shell', { event: [1] })).result).toBe('first [1]');

    const later: BuildEvent[] = [];
    const second = await client.deploy('shell', config, shellProgram('second'), {
      onBuild: (event) => later.push(event),
    });
    expect(second).toMatchObject({ outcome: 'updated', version: 2 });
    expect(JSON.stringify(later)).toContain('is there already');
    expect(JSON.stringify(later)).not.toContain('installing');
    expect((await client.invoke('shell', { event: [2] })).result).toBe('second [2]');
    expect((await client.invoke('shell@1', { event: [3] })).result).toBe('first [3]');
    expect(await client.deploy('shell', config, shellProgram('second'))).toMatchObject({ outcome: 'unchanged' });
  });

  it('has its handler served by the shim, TypeScript and what the Dockerfile copied included', async () => {
    const { client } = server;
    const files = {
      Dockerfile: `FROM ${node}\nCOPY table.json /opt/table.json\n`,
      'table.json': '{"answer": 42}',
      'main.ts': `import { readFileSync } from 'node:fs';
        export const handler = (event: { name: string }): unknown => {
          const table: { answer: number } = JSON.parse(readFileSync('/opt/table.json', 'utf8'));
          return { ...table, name: event.name };
        };`,
    };
    const config = { runtime: 'dockerfile', handler: 'main.handler' };
    expect(await client.deploy('copied', config, { files })).toMatchObject({ handler: 'main.handler' });
    expect((await client.invoke('copied', { event: { name: 'x' } })).result).toEqual({ answer: 42, name: 'x' });

    const changed = { ...files, 'table.json': '{"answer": 43}' };
    await client.deploy('copied', config, { files: changed });
    expect((await client.invoke('copied', { event: { name: 'y' } })).result).toEqual({ answer: 43, name: 'y' });
  });

  it.each([
    ['has no Dockerfile', { 'main.sh': '' }, undefined, 'BUILD_REFUSED', /has no Dockerfile/],
    ['says what is not allowed', { Dockerfile: 'FROM scratch\nADD a b\n' }, undefined, 'BUILD_REFUSED', /[Ll]ine 2/],
    [
      'names a handler that is not there',
      { Dockerfile: 'FROM scratch\n' },
      'main.handler',
      'HANDLER_FILE_NOT_FOUND',
      /main/,
    ],
  ])('is refused when it %s, before anything is built', async (_what, files, handler, code, message) => {
    const config = { runtime: 'dockerfile', ...(handler === undefined ? {} : { handler }) };
    await expect(server.client.deploy('refused', config, { files })).rejects.toMatchObject({
      code,
      status: 400,
      message: matching(message),
    });
    await expect(server.client.show('refused')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });

  it('stays as it was when a build fails, which is told with its line', async () => {
    const { client } = server;
    const config = { runtime: 'dockerfile' };
    await client.deploy('steady', config, shellProgram('steady'));
    const broken = {
      files: { ...shellProgram('x').files, Dockerfile: `FROM ${debian}\n\nRUN exit 4\nCMD ["true"]\n` },
    };
    await expect(client.deploy('steady', config, broken, { onBuild: () => undefined })).rejects.toMatchObject({
      code: 'RUNTIME_BUILD_FAILED',
      message: matching(/^Line 3: RUN exit 4: exit code 4/),
    });
    expect(await client.show('steady')).toMatchObject({ version: 1 });
    expect((await client.invoke('steady', { event: 0 })).result).toBe('steady 0');
  });
});

describe('what was built', () => {
  it('outlives the server, is built again when the engine has lost it, and goes with the last that needs it', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-images-'));
    const dockerfile = `FROM ${node}\nCOPY note /note\n`;
    const source = `import { readFileSync } from 'node:fs'; export const handler = () => readFileSync('/note', 'utf8');`;
    let image: string;
    try {
      {
        await using before = await startServer({ dataDirectory });
        const context = { files: { note: 'kept', unused: dataDirectory } };
        const made = await before.client.runtimes.set('noted', { contract: 'handler', dockerfile }, context);
        image = made.image ?? '';
        const config = { runtime: 'noted', handler: 'main.handler' };
        await before.client.deploy('reader', config, { files: { 'main.mjs': source } });
      }
      await using after = await startServer({ dataDirectory });
      const { client } = after;
      expect(await client.runtimes.show('noted')).toMatchObject({ state: 'ready', image });
      expect((await client.builds.show('noted')).log).toContain('COPY note');
      expect((await client.invoke('reader')).result).toBe('kept');

      await client.deploy(
        'reader',
        { runtime: 'noted', handler: 'main.handler', description: 'anew' },
        {
          files: { 'main.mjs': source },
        },
      );
      await until(async () => (await containersFrom(image)) === 0, 20_000, 'no sandbox is left on the image');
      await docker.getImage(image).remove({ force: true });
      expect((await client.runtimes.show('noted')).state).toBe('missing');
      await expect(client.invoke('reader')).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY', status: 503 });
      await until(async () => (await client.runtimes.show('noted')).state === 'ready', 30_000, 'it was built again');
      expect((await client.invoke('reader')).result).toBe('kept');
      await removeAllImages(after);
      expect(await client.pruneImages()).toEqual([]);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe('a stop of the server', () => {
  it('ends a build at once, leaves nothing of it, and is told of after the next start', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-stopped-'));
    try {
      const before = await startServer({ dataDirectory });
      const begun = new Promise<void>((resolve) => {
        const dockerfile = `FROM ${debian}\nRUN echo begun && sleep 277\nCMD ["true"]\n`;
        const onBuild = (event: BuildEvent): void => {
          if (event.event === 'log' && event.text === 'begun') resolve();
        };
        before.client.runtimes
          .set('stopped', { contract: 'command', dockerfile }, undefined, { onBuild })
          .catch(() => undefined);
      });
      await begun;
      const stopped = performance.now();
      await before.stop();
      expect(performance.now() - stopped).toBeLessThan(60_000);
      const containers = await docker.listContainers({ all: true, filters: { label: ['sraas.managed=build'] } });
      expect(containers.filter(({ Command }) => Command.includes('sleep 277'))).toEqual([]);

      await using after = await startServer({ dataDirectory });
      expect(await after.client.runtimes.show('stopped')).toMatchObject({
        state: 'failed',
        last_build: { state: 'cancelled', problem: matching(/^The server stopped while it was built/) },
      });
      expect((await after.client.builds.show('stopped')).log).toContain('begun');
      await removeAllImages(after);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe('containers that are prepared', () => {
  it('are never given out with a former image, and do not keep it from going', async () => {
    await using prepared = await startServer({ preparedPerKind: 2, maxPrepared: 2 });
    const { client } = prepared;
    const put = async (word: string): Promise<string> => {
      const dockerfile = `FROM ${node}\nENV WORD=${word}\n`;
      return (await client.runtimes.set('worded', { contract: 'handler', dockerfile })).image ?? '';
    };
    const first = await put('first');
    const config = { runtime: 'worded', handler: 'main.handler', isolation: 'fresh' } as const;
    const files = { 'main.mjs': 'export const handler = () => process.env.WORD' };
    await client.deploy('prepared-for', config, { files });
    await until(async () => (await containersFrom(first)) === 2, 30_000, 'two are prepared');
    expect((await client.invoke('prepared-for')).result).toBe('first');
    const second = await put('second');
    expect((await client.invoke('prepared-for')).result).toBe('second');
    await until(async () => (await containersFrom(first)) === 0, 20_000, 'those of the former image have gone');
    await until(async () => (await containersFrom(second)) === 2, 30_000, 'others are prepared');
    await client.remove('prepared-for');
    await client.runtimes.remove('worded');
    await until(async () => (await containersFrom(second)) === 0, 20_000, 'those of the runtime have gone');
    await client.pruneImages();
    for (const image of [first, second]) {
      await expect(docker.getImage(image).inspect()).rejects.toMatchObject({ statusCode: 404 });
    }
  });
});

async function containersFrom(image: string): Promise<number> {
  const found = await docker.listContainers({ all: true, filters: { ancestor: [image] } });
  return found.length;
}

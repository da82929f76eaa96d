import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import type { RuntimeDocument } from '../../src/wire/runtime.ts';
import { readDistribution } from '../../src/runtimes/distribution.ts';
import { removeAllImages } from '../support/custom-runtimes.ts';
import { projectDirectory } from '../support/documents.ts';
import { localBase } from '../support/local-base.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { recordWorld } from '../unit/cli/recorded-world.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sraas-examples-'));
  server = await startServer();
});
afterAll(async () => {
  await removeAllImages(server);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function sraas(...commandLine: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const recorded = recordWorld({
    environment: { SRAAS_URL: server.url },
    workingDirectory: folder,
    fetch: (url, init) => fetch(url, init),
  });
  const exitCode = await runCli(commandLine, recorded.world);
  return { exitCode, stdout: recorded.stdout(), stderr: recorded.stderr() };
}

/** Copies an example, with its bases exchanged for those of this machine, and their sources of packages brought along. */
async function example(name: string): Promise<void> {
  const target = join(folder, name);
  await cp(join(projectDirectory, 'examples', name), target, { recursive: true });
  const file = join(target, 'Dockerfile');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const [debian, python] = [await localBase('debian'), await localBase('python3.13')];
  const { aptLines = [] } = (await readDistribution()) ?? {};
  await writeFile(join(target, 'apt.list'), aptLines.map((line) => `${line}\n`).join(''));
  const sources = text.includes('apt-get') ? '\nCOPY apt.list /etc/apt/sources.list.d/machine.list' : '';
  await writeFile(
    file,
    text
      .replace('FROM debian:stable-slim', `FROM ${debian}${sources}`)
      .replace('FROM python:3.13-slim', `FROM ${python}${sources}`),
  );
}

async function invoke(name: string, event: unknown): Promise<InvokeReply> {
  return JSON.parse((await sraas('invoke', name, '-e', JSON.stringify(event))).stdout) as InvokeReply;
}

describe('the examples with images of their own', () => {
  it('runtime-perl is made on the command line and runs perl-words', async () => {
    await Promise.all([example('runtime-perl'), example('perl-words')]);
    const made = await sraas('runtimes', 'create', 'perl', 'runtime-perl', '--contract', 'command');
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^perl ready: a program, /) as string });
    expect(made.stderr).toMatch(/building the image of perl\n.*Step 1/);
    const shown = JSON.parse((await sraas('runtimes', 'show', 'perl', '--json')).stdout) as RuntimeDocument;
    expect(shown).toMatchObject({ state: 'ready', command: ['perl', 'main.pl'] });

    expect((await sraas('deploy', 'perl-words')).exitCode).toBe(0);
    expect(await invoke('perl-words', { text: 'to be or not to be' })).toMatchObject({
      result: { words: 6, different: 4 },
      logs: 'counting 6 words\n',
      error: null,
    });
    expect(await sraas('runtimes', 'rm', 'perl')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('while functions use it: perl-words') as string,
    });
  });

  it('dockerfile-shell is built when it is deployed', async () => {
    await example('dockerfile-shell');
    const deployed = await sraas('deploy', 'dockerfile-shell');
    expect(deployed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('version 1 created') as string });
    expect(deployed.stderr).toContain('COPY greet.sh');
    expect(await invoke('dockerfile-shell', { name: 'Ada' })).toMatchObject({
      result: 'Hello, Ada!',
      logs: 'asked with 14 bytes\n',
    });
  });

  it('dockerfile-python has what its Dockerfile installs', async () => {
    await example('dockerfile-python');
    expect((await sraas('deploy', 'dockerfile-python')).exitCode).toBe(0);
    expect(await invoke('dockerfile-python', { expression: '22/7', digits: 5 })).toMatchObject({
      result: { answer: '3.14285' },
      logs: 'calculating 22/7\n',
      error: null,
    });
  });

  it('runs a handler once on a custom runtime, without deploying it', async () => {
    const envelope = { version: 'v1', event: { text: 'one two' } } as const;
    const code = await readFile(join(folder, 'perl-words', 'main.pl'), 'utf8');
    const reply = await server.client.run({ config: { runtime: 'perl' }, envelope, files: { 'main.pl': code } });
    expect(reply).toMatchObject({ result: { words: 2 }, invocation: { outcome: 'ok' } });
    const config = { runtime: 'dockerfile' };
    await expect(server.client.run({ config, envelope, files: { Dockerfile: 'FROM scratch' } })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
  });
});

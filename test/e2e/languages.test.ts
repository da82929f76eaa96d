import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInLanguages } from '../../src/languages/built-in.ts';
import { until } from '../support/containers.ts';
import { removeAllImages } from '../support/custom-runtimes.ts';
import { localBase } from '../support/local-base.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let folder: string;
let file: string;
let base: string;

/** A runtime for all: what is run needs Debian only. */
const languagesOn = (image: string): object => ({
  stat: { image, cmd: '/bin/sh -c "echo made > new && cat main.txt new"', filename: 'main.txt' },
  s: { use: 'stat' },
  echo: { image, entrypoint: '/bin/echo', filename: 'main.txt' },
});

/** A program that was written in the sandbox is run there. */
const compiled = (image: string): object => ({
  languages: {
    copied: {
      image,
      file: 'main.txt',
      compile: ['cp', '/bin/echo', 'main'],
      command: ['./main'],
    },
    refused: { image, file: 'main.txt', compile: ['sh', '-c', 'echo no; exit 7'], command: ['echo', 'ran'] },
    bash: null,
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sraas-test-'));
  file = join(folder, 'languages.json');
  base = await localBase('debian');
  await writeFile(file, JSON.stringify(languagesOn(base)));
  server = await startServer({ languages: file });
});
afterAll(async () => {
  await removeAllImages(server);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(body: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${server.url}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const hasRuntime = async (language: string): Promise<boolean> =>
  (await server.client.languages()).some(({ name, runtime_state: state }) => name === language && state === 'ready');

describe('a built-in language', () => {
  it.each(builtInLanguages.map(({ name, example }) => [name, example] as const))(
    'runs its own example: %s',
    async (name, example) => {
      expect(await run({ runtime: name, code: example })).toMatchObject({
        status: 200,
        body: { stdout: 'Hello world!\n', stderr: '', exit_code: 0 },
      });
    },
  );

  it.each([
    ['an ES module', 'import fs from "node:fs";\nconsole.log(typeof fs, await 1)', 'object 1\n'],
    ['CommonJS', 'console.log(typeof require("fs"), __dirname)', 'object /function\n'],
    ['await at its top', 'console.log(await Promise.resolve(2))', '2\n'],
  ])('takes JavaScript as %s', async (_kind, code, stdout) => {
    expect(await run({ runtime: 'js', code })).toMatchObject({ body: { stdout, stderr: '', exit_code: 0 } });
  });

  it('takes TypeScript with more than types to remove, and tells its mistakes on stderr', async () => {
    const code = 'enum A { B = 4 }\nnamespace X { export const y = 1 }\nconsole.log(A.B, X.y);';
    expect(await run({ runtime: 'ts', code })).toMatchObject({ body: { stdout: '4 1\n', stderr: '' } });
    const wrong = await run({ runtime: 'ts', code: 'const a: string = ;' });
    expect(wrong).toMatchObject({ status: 200, body: { exit_code: 1 } });
    expect((wrong.body as { stderr: string }).stderr).toContain('SyntaxError');
  });

  it('R8: wraps an inline expression, and refuses one where there is no template', async () => {
    const code = 'import os from "node:os";\nconsole.log(await 1, typeof os, "$& $$");';
    expect(await run({ runtime: 'js', code, inline: true })).toMatchObject({ body: { stdout: '1 object $& $$\n' } });
    expect(await run({ runtime: 'sh', code: 'true', inline: true })).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST' },
    });
  });
});

describe('a language of the operator', () => {
  it('R22: is a new entry only, whose runtime is made of its image', { timeout: 180_000 }, async () => {
    await until(() => hasRuntime('stat'), 120_000, 'the runtime of stat is made');
    expect(await run({ runtime: 's', code: 'code\n' })).toMatchObject({
      status: 200,
      body: { stdout: 'code\nmade\n', stderr: '', exit_code: 0 },
    });
    const given = ['a b', '"c"', '$HOME', "it's"];
    expect(await run({ runtime: 'echo', code: '', args: given })).toMatchObject({
      body: { stdout: `main.txt ${given.join(' ')}\n`, exit_code: 0 },
    });
  });

  it('R21: is there when its file has changed, and is compiled in the sandbox', { timeout: 180_000 }, async () => {
    await writeFile(file, JSON.stringify(compiled(base)));
    await until(() => hasRuntime('copied'), 120_000, 'the changed languages are in force');
    expect(await run({ runtime: 'copied', code: 'x', args: ['a  b', '$c'] })).toMatchObject({
      body: { stdout: 'a  b $c\n', stderr: '', exit_code: 0 },
    });
    expect(await run({ runtime: 'refused', code: 'x' })).toMatchObject({
      body: { stdout: '', stderr: 'no\n', exit_code: 7 },
    });
    expect((await run({ runtime: 'bash', code: 'true' })).body).toMatchObject({ status: 400 });
  });
});

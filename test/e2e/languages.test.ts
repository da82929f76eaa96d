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

async function run(body: object, on = server): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${on.url}/run`, {
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
    [
      'js',
      'console.log(process.argv.slice(2), require("fs").readFileSync(0, "utf8"), process.env.WHO)',
      "[ 'a b', '$c' ] in me\n",
    ],
    [
      'ts',
      'import fs from "node:fs";\nconst given: string[] = process.argv.slice(2);\nconsole.log(given, fs.readFileSync(0, "utf8"), process.env.WHO)',
      "[ 'a b', '$c' ] in me\n",
    ],
    ['py', 'import os, sys\nprint(sys.argv[1:], sys.stdin.read(), os.environ["WHO"])', "['a b', '$c'] in me\n"],
    ['sh', 'echo "$#" "$1" "$2" "$(cat)" "$WHO"', '2 a b $c in me\n'],
    ['bash', 'all=("$@"); echo "${#all[@]}" "${all[@]}" "$(cat)" "$WHO"', '2 a b $c in me\n'],
  ])('hands over arguments, standard input and environment: %s', async (runtime, code, stdout) => {
    const given = { args: ['a b', '$c'], stdin: 'in', env: { WHO: 'me' } };
    expect(await run({ runtime, code, ...given })).toMatchObject({ body: { stdout, stderr: '', exit_code: 0 } });
  });

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
    // Node removes types, and a decorator is none; functions that are deployed may have them.
    const decorated = 'function d(_: unknown, __: unknown) {}\nclass A { @d m(): void {} }';
    expect(((await run({ runtime: 'ts', code: decorated })).body as { stderr: string }).stderr).toMatch(/@d\n/);
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

  it(
    'R23: is made when a program needs it, which hears why where there is no image',
    { timeout: 180_000 },
    async () => {
      const entry = { file: 'main.txt', command: ['cat', 'main.txt'] };
      const there = { ...entry, runtime: 'first-use', image: base };
      const absent = { ...entry, image: 'sraas/nobody-has-this:1' };
      await writeFile(file, JSON.stringify({ languages: { there, absent } }));
      await using lazy = await startServer({ languages: file, languageRuntimes: 'use', pullBases: false });
      expect(await run({ runtime: 'there', code: 'text' }, lazy)).toMatchObject({ body: { stdout: 'text' } });
      expect(await run({ runtime: 'absent', code: 'text' }, lazy)).toMatchObject({
        status: 503,
        body: {
          code: 'RUNTIME_NOT_READY',
          detail: expect.stringMatching(
            /^The runtime sraas-nobody-has-this-1, which absent runs on, could not be made .*: load it there/,
          ) as string,
        },
      });
      await removeAllImages(lazy);
    },
  );
});

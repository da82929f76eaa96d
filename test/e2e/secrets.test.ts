import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findInstallDirectory } from '../../src/installation.ts';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { containersOf, docker, until } from '../support/containers.ts';
import { databaseUrlFor } from '../support/database-url.ts';
import { engineHost, startServer, type TestServer } from '../support/server.ts';

const config = { runtime: 'node24', handler: 'main.handler' } as const;
/** Tells what it sees without telling it: tests look for the value everywhere else. */
const hashing = {
  files: {
    'main.mjs': `import { createHash } from 'node:crypto';
      const hash = (text) => createHash('sha256').update(text).digest('hex');
      export const handler = ({ fail }) => { if (fail) throw new Error('on purpose');
        return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('S_')).map(([name, value]) => [name, hash(value)])) }`,
  },
};
const hash = (value: string): string => createHash('sha256').update(value).digest('hex');
const canary = (): string => `canary-${randomBytes(16).toString('hex')}`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const call = async (path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(server.url + path, init);
  const body = await response.text();
  return { status: response.status, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
};
const put = (name: string, body: unknown): ReturnType<typeof call> =>
  call(`/secrets/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('secrets over HTTP', () => {
  it('are set, set anew, listed with who uses them, and removed', async () => {
    expect(await put('life', { value: 'one' })).toMatchObject({
      status: 201,
      body: { outcome: 'created', name: 'life', used_by: [] },
    });
    expect(await put('life', { value: 'two' })).toMatchObject({ status: 200, body: { outcome: 'updated' } });
    await server.client.deploy('user-of-life', { ...config, secrets: { S_A: 'life' } }, hashing);
    expect(await call('/secrets?limit=1')).toMatchObject({
      status: 200,
      body: { secrets: [{ name: 'life', used_by: ['user-of-life'] }], next_cursor: null },
    });
    expect(await call('/secrets/life', { method: 'DELETE' })).toMatchObject({
      status: 409,
      body: { code: 'SECRET_IN_USE' },
    });
    await server.client.remove('user-of-life');
    expect((await call('/secrets/life', { method: 'DELETE' })).status).toBe(204);
    expect(await call('/secrets/life', { method: 'DELETE' })).toMatchObject({
      status: 404,
      body: { code: 'SECRET_NOT_FOUND' },
    });
  });

  it('are refused with a code for what is wrong, and nothing of a value in the answer', async () => {
    const value = canary();
    const refusals = [
      [await put('1st', { value }), 400, 'INVALID_NAME'],
      [await put(value.slice(0, 20) + '%20', { value }), 400, 'INVALID_NAME'],
      [await put('a', { value, [value]: value }), 400, 'INVALID_SECRET'],
      [await put('a', { value: `${value}\0` }), 400, 'INVALID_SECRET'],
      [await put('a', value), 400, 'INVALID_JSON'],
      [await put('a', `{"value":"${value}`), 400, 'INVALID_JSON'],
      [await put('a', { value: '' }), 400, 'INVALID_SECRET'],
      [await put('a', { value: 'x'.repeat(32_769) }), 400, 'INVALID_SECRET'],
      [await put('a', { value: 'x'.repeat(300_000) }), 413, 'BODY_TOO_LARGE'],
      [await put('a?value=1', { value }), 400, 'INVALID_QUERY'],
      [await call('/secrets?value=1'), 400, 'INVALID_QUERY'],
      [await call('/secrets/a'), 405, 'METHOD_NOT_ALLOWED'],
    ] as const;
    expect(refusals.map(([{ status, body }]) => [status, (body as { code: string }).code])).toEqual(
      refusals.map(([, status, code]) => [status, code]),
    );
    const said = JSON.stringify(refusals);
    expect(said).not.toContain(value);
    expect((await call('/secrets')).body).toEqual({ secrets: [], next_cursor: null });
  });
});

describe('a function that names secrets', () => {
  it.each(['warm', 'fresh'] as const)(
    'sees their values, and the new ones once they are set anew: %s',
    async (isolation) => {
      const name = `renewed-${isolation}`;
      await put('shared', { value: 'one' });
      await put('other', { value: 'still' });
      await server.client.deploy(
        name,
        { ...config, isolation, env: { S_PLAIN: 'plain' }, secrets: { S_A: 'shared', S_B: 'other' } },
        hashing,
      );
      const seen = { S_PLAIN: hash('plain'), S_B: hash('still') };
      expect((await server.client.invoke(name)).result).toEqual({ ...seen, S_A: hash('one') });
      for (const value of ['two', 'three', 'x'.repeat(32_768)]) {
        await put('shared', { value });
        expect((await server.client.invoke(name)).result).toEqual({ ...seen, S_A: hash(value) });
      }
      await server.client.remove(name);
    },
  );

  it('goes on in the sandbox it has when a secret is set that it does not name', async () => {
    await put('shared', { value: 'one' });
    await server.client.deploy('unmoved', { ...config, secrets: { S_A: 'shared' } }, hashing);
    await server.client.invoke('unmoved');
    await put('unrelated', { value: 'new' });
    expect((await server.client.invoke('unmoved')).invocation.cold_start).toBe(false);
    await put('shared', { value: 'two' });
    expect((await server.client.invoke('unmoved')).invocation.cold_start).toBe(true);
    await until(async () => (await containersOf('unmoved')).length === 1, 10_000, 'the old sandbox is gone');
  });

  it('is run with the new value also where the old one kept it from loading', async () => {
    await put('shared', { value: 'bad' });
    const files = {
      'main.mjs': `if (process.env.S_A === 'bad') throw new Error('no'); export const handler = () => 'loaded'`,
    };
    await server.client.deploy('picky', { ...config, secrets: { S_A: 'shared' } }, { files });
    expect((await server.client.invoke('picky')).invocation.outcome).toBe('load_error');
    await put('shared', { value: 'good' });
    expect((await server.client.invoke('picky')).result).toBe('loaded');
  });

  it('may be written in Python, and may be run once without a deploy', async () => {
    await put('shared', { value: 'päß' });
    const files = { 'main.py': 'import os\ndef handler(event, context):\n    return os.environ["S_A"] == "päß"\n' };
    await server.client.deploy(
      'python-user',
      { runtime: 'python3.13', handler: 'main.handler', secrets: { S_A: 'shared' } },
      { files },
    );
    expect((await server.client.invoke('python-user')).result).toBe(true);
    const envelope = { version: 'v1' } as const;
    const once = { config: { ...config, secrets: { S_A: 'shared' } }, envelope, ...hashing };
    expect((await server.client.run(once)).result).toEqual({ S_A: hash('päß') });
    await expect(
      server.client.run({ ...once, config: { ...config, secrets: { S_A: 'nowhere' } } }),
    ).rejects.toMatchObject({ code: 'INVALID_SECRET' });
  });
});

describe('A10: the value of a secret', () => {
  it('is in no answer, no log line, no record of the engine and no file, and survives a restart', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-secrets-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    const value = canary();
    const seen: unknown[] = [];
    const first = await loggedServer(dataDirectory);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ value });
    seen.push(await (await fetch(`${first.url}/secrets/token`, { method: 'PUT', headers, body })).text());
    const named = { ...config, secrets: { S_A: 'token' } };
    seen.push(await first.client.deploy('holder', named, hashing));
    seen.push(
      await first.client.deploy('stranger', config, {
        files: {
          'main.mjs': `import fs from 'node:fs'; export const handler = () => ({ env: process.env, start: fs.readFileSync('/proc/1/environ', 'utf8') })`,
        },
      }),
    );
    const reply = await first.client.invoke('holder');
    expect(reply.result).toEqual({ S_A: hash(value) });
    seen.push(
      reply,
      await first.client.invoke('holder', { event: { fail: true } }),
      await first.client.invoke('stranger'),
    );
    const [id = ''] = await containersOf('holder');
    const container = docker.getContainer(id);
    seen.push(await container.inspect(), await container.top(), await docker.listContainers({ all: true }));
    const paths = [
      '/secrets',
      '/functions',
      '/functions/holder',
      '/functions/holder/versions',
      '/invocations',
      '/readyz',
    ];
    for (const path of [...paths, '/secrets/token', `/secrets?cursor=${value}`]) {
      // The one that a client sends itself may not come back either.
      seen.push(await (await fetch(first.url + path)).text());
    }
    seen.push(await first.stop());
    expect(JSON.stringify(seen)).not.toContain(value);
    for (const file of await readdir(dataDirectory, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const content = await readFile(join(file.parentPath, file.name));
      expect({ file: file.name, hasIt: content.includes(value) }).toEqual({ file: file.name, hasIt: false });
    }

    const second = await loggedServer(dataDirectory);
    expect((await second.client.invoke('holder')).result).toEqual({ S_A: hash(value) });
    expect(await second.stop()).not.toContain(value);

    // Without its key the server says so, and makes no other in its place.
    await rename(join(dataDirectory, 'secrets.key'), join(dataDirectory, 'moved.key'));
    await expect(startServer({ dataDirectory })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('their key is not at') as string,
    });
    expect(await readdir(dataDirectory)).not.toContain('secrets.key');
    await using third = await startServer({ dataDirectory, secretsKeyFile: join(dataDirectory, 'moved.key') });
    expect((await third.client.invoke('holder')).result).toEqual({ S_A: hash(value) });
  });
});

/** The built server with everything logged. Its stop tells all that it wrote. */
async function loggedServer(dataDirectory: string) {
  const main = join(findInstallDirectory(import.meta.dirname), 'dist', 'src', 'main.js');
  const flags = ['--port', '0', '--data-dir', dataDirectory, '--engine-host', engineHost, '--prepared-per-kind', '0'];
  const child = spawn(process.execPath, [main, 'serve', '--json', '--log-level', 'debug', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SRAAS_DATABASE_URL: await databaseUrlFor(dataDirectory) },
  });
  const logged = text(child.stderr);
  const lines: string[] = [];
  const printed = createInterface({ input: child.stdout });
  const [line] = (await once(printed, 'line')) as [string];
  lines.push(line);
  printed.on('line', (more: string) => lines.push(more));
  const { url } = JSON.parse(line) as { url: string };
  let stopped: Promise<string> | undefined;
  const stop = (): Promise<string> => {
    stopped ??= (async () => {
      child.kill('SIGTERM');
      const said = await logged;
      return lines.join('\n') + said;
    })();
    return stopped;
  };
  onTestFinished(async () => {
    await stop();
  });
  return { url, client: new SraasClient({ url }), stop };
}

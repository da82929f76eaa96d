import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DeployReply } from '../../src/wire/function.ts';
import { containersOf, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const returning = (value: unknown): { files: Record<string, string> } => ({
  files: {
    'main.mjs': `export const handler = () => ${JSON.stringify(value)}; export const other = () => 'other'`,
  },
});

/** Deploys versions that return their own numbers. */
async function deploy(name: string, versions: number, members: object = {}): Promise<void> {
  for (let number = 1; number <= versions; number += 1) {
    await server.client.deploy(name, { ...config, ...members }, returning(number));
  }
}

const result = async (reference: string): Promise<unknown> => (await server.client.invoke(reference)).result;

describe('an alias', () => {
  it('leads calls to a version, elsewhere when it is moved, and back', async () => {
    await deploy('movable', 2);
    const put = (document: object) => request(server.url).put('/functions/movable/aliases/live').send(document);
    const made = await put({ version: 1 });
    expect([made.status, made.headers['location']]).toEqual([201, '/functions/movable/aliases/live']);
    expect(made.body).toMatchObject({
      outcome: 'created',
      function: 'movable',
      alias: 'live',
      version: 1,
      revision: 1,
    });
    expect([await result('movable:live'), await result('movable')]).toEqual([1, 2]);
    expect(await server.client.show('movable:live')).toMatchObject({ version: 1 });

    const again = await put({ version: 1 });
    expect([again.status, again.body]).toMatchObject([200, { outcome: 'unchanged' }]);
    expect((await put({ version: 2 })).body).toMatchObject({ outcome: 'updated', previous: { version: 1 } });
    expect(await result('movable:live')).toBe(2);

    const back = await request(server.url).post('/functions/movable:live/rollback');
    expect([back.status, back.body]).toMatchObject([200, { version: 1, previous: { version: 2 }, revision: 3 }]);
    expect(await result('movable:live')).toBe(1);
    await request(server.url).post('/functions/movable:live/rollback').send({ to: 2 }).expect(200);
    expect(await result('movable:live')).toBe(2);

    const listed = await request(server.url).get('/functions/movable/aliases');
    expect(listed.body).toMatchObject({ aliases: [{ alias: 'live', version: 2 }] });
    await request(server.url).delete('/functions/movable/aliases/live').expect(204);
    await expect(server.client.invoke('movable:live')).rejects.toMatchObject({ code: 'ALIAS_NOT_FOUND', status: 404 });
    await request(server.url).get('/functions/movable/aliases/live').expect(404);
  });

  it('gives each of two versions its share of the calls', async () => {
    await deploy('shared', 2);
    const document = { version: 1, other_version: 2, other_percent: 50 };
    await request(server.url).put('/functions/shared/aliases/live').send(document).expect(201);
    const results = [];
    for (let call = 0; call < 40; call += 1) results.push(await result('shared:live'));
    // That one of them gets none of 40 calls happens once in 2 to the power of 39 times.
    expect(new Set(results)).toEqual(new Set([1, 2]));
  });

  it('is refused with all that is wrong', async () => {
    await deploy('picky', 1);
    const put = (document: object) => request(server.url).put('/functions/picky/aliases/live').send(document);
    const wrong = await put({ version: '1', other_version: 2, colour: 'red' });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({
      code: 'INVALID_ALIAS',
      errors: [{ pointer: '/colour' }, { pointer: '/version' }, { pointer: '/other_percent' }],
    });
    for (const document of [
      {},
      { version: 7 },
      { version: 1, other_version: 1, other_percent: 5 },
      { version: 1, other_version: 9, other_percent: 100 },
      { version: 1.5 },
      { version: 2 ** 40 },
    ]) {
      expect((await put(document)).body).toMatchObject({ code: 'INVALID_ALIAS' });
    }
    await request(server.url).put('/functions/picky/aliases/a%20b').send({ version: 1 }).expect(400);
    await request(server.url).put('/functions/nobody/aliases/live').send({ version: 1 }).expect(404);
    expect((await request(server.url).get('/functions/picky/aliases')).body).toEqual({ aliases: [] });
  });

  it('keeps the sandboxes of its version when a newer one is deployed, and lets them go when it leaves', async () => {
    await deploy('steady', 1);
    await request(server.url).put('/functions/steady/aliases/live').send({ version: 1 }).expect(201);
    await server.client.invoke('steady:live');
    await deploy('steady', 2);
    await server.client.invoke('steady');
    const call = await server.client.invoke('steady:live');
    expect([call.result, call.invocation.cold_start]).toEqual([1, false]);
    expect(await containersOf('steady')).toHaveLength(2);
    await request(server.url).put('/functions/steady/aliases/live').send({ version: 2 }).expect(200);
    await until(async () => (await containersOf('steady')).length === 1, 10_000, 'the former version’s sandbox goes');
    expect((await server.client.invoke('steady:live')).invocation.cold_start).toBe(false);
  });

  it('has warm_min of its version kept, also after a restart', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-test-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    const first = await startServer({ dataDirectory });
    await first.client.deploy('eager', { ...config, concurrency: { warm_min: 1 } }, returning(1));
    await request(first.url).put('/functions/eager/aliases/live').send({ version: 1 }).expect(201);
    await first.client.deploy('eager', config, returning(2));
    await until(async () => (await containersOf('eager')).length === 1, 10_000, 'the alias keeps one');
    expect((await first.client.invoke('eager:live')).result).toBe(1);
    await first.stop();
    expect(await containersOf('eager')).toEqual([]);
    await using second = await startServer({ dataDirectory });
    await until(async () => (await containersOf('eager')).length === 1, 10_000, 'the alias has one again');
    await request(second.url).delete('/functions/eager/aliases/live').expect(204);
    await until(async () => (await containersOf('eager')).length === 0, 10_000, 'nobody wants it');
  });
});

describe('versions', () => {
  it('are removed one by one, but for the newest and what an alias needs', async () => {
    await deploy('trimmed', 3);
    await request(server.url).put('/functions/trimmed/aliases/live').send({ version: 2 }).expect(201);
    await server.client.invoke('trimmed@1');
    const remove = (reference: string) => request(server.url).delete(`/functions/${reference}`);
    expect((await remove('trimmed@3')).body).toMatchObject({ status: 409, code: 'VERSION_IN_USE' });
    expect((await remove('trimmed@2')).body).toMatchObject({ status: 409, code: 'VERSION_IN_USE' });
    await remove('trimmed@1').expect(204);
    await remove('trimmed@1').expect(404);
    expect((await remove('trimmed:live')).body).toMatchObject({ status: 400, code: 'INVALID_NAME' });
    await expect(server.client.invoke('trimmed@1')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    await until(async () => (await containersOf('trimmed')).length === 0, 10_000, 'its sandbox goes');
    expect([await result('trimmed:live'), await result('trimmed')]).toEqual([2, 3]);
  });

  it('differ in what the difference says', async () => {
    await server.client.deploy('differing', { ...config, env: { LEVEL: 'info' } }, returning(1));
    await server.client.deploy('differing', { ...config, limits: { memory_mb: 128 } }, returning(1));
    const difference = await request(server.url).get('/functions/differing/versions/1/diff/2');
    expect(difference.body).toMatchObject({
      name: 'differing',
      from: 1,
      to: 2,
      code: { same: true },
      config: [
        { pointer: '/env/LEVEL', from: 'info' },
        { pointer: '/limits/memory_mb', from: 256, to: 128 },
      ],
    });
    await request(server.url).get('/functions/differing/versions/1/diff/9').expect(404);
    await request(server.url).get('/functions/differing/versions/1/diff/x').expect(400);
  });

  it('come again by a rollback, as the next one', async () => {
    await deploy('returning', 2);
    const back = await request(server.url).post('/functions/returning/rollback');
    expect([back.status, back.body]).toMatchObject([200, { outcome: 'updated', version: 3 }]);
    expect(await result('returning')).toBe(1);
    const named = await request(server.url).post('/functions/returning/rollback').send({ to: 2 });
    expect(named.body).toMatchObject({ version: 4 });
    expect(await result('returning')).toBe(2);
    expect((await request(server.url).post('/functions/returning/rollback').send({ to: 2 })).body).toMatchObject({
      outcome: 'unchanged',
      version: 4,
    });
    for (const [reference, body, status] of [
      ['returning', { to: 99 }, 404],
      ['returning', { to: '1' }, 400],
      ['returning', { two: 1 }, 400],
      ['returning', [], 400],
      ['returning@1', {}, 400],
      ['nobody', {}, 404],
      ['returning:none', {}, 404],
      ['returning:none', { to: 1 }, 404],
    ] as const) {
      await request(server.url).post(`/functions/${reference}/rollback`).send(body).expect(status);
    }
  });

  it('get another config by a patch, with the same code', async () => {
    await deploy('patched', 1, { env: { A: '1' } });
    const patch = (document: unknown, type = 'application/merge-patch+json') =>
      request(server.url).patch('/functions/patched').set('Content-Type', type).send(JSON.stringify(document));
    const reply = await patch({ handler: 'main.other', env: { A: null, B: '2' } });
    expect([reply.status, reply.body]).toMatchObject([200, { outcome: 'updated', version: 2, handler: 'main.other' }]);
    expect((reply.body as DeployReply).env).toEqual({ B: '2' });
    expect([await result('patched'), await result('patched@1')]).toEqual(['other', 1]);
    expect((await patch({ handler: 'main.other' }, 'application/json')).body).toMatchObject({ outcome: 'unchanged' });
    expect((await patch({ limits: { pids: 1 } })).body).toMatchObject({ code: 'INVALID_CONFIG' });
    expect((await patch({ handler: 'gone.handler' })).body).toMatchObject({ code: 'HANDLER_FILE_NOT_FOUND' });
    expect((await patch({}, 'text/plain')).status).toBe(415);
    await request(server.url).patch('/functions/nobody').send({}).expect(404);
  });
});

describe('a condition of a request', () => {
  it('lets only those change a function who have seen its present state', async () => {
    const url = '/functions/guarded';
    const put = (value: number) =>
      request(server.url)
        .put(url)
        .send({ ...config, ...returning(value) });
    expect((await put(1).set('If-Match', '"x"')).status).toBe(412);
    const made = await put(1).set('If-None-Match', '*');
    expect(made.status).toBe(201);
    const tag = made.headers['etag'] ?? '';
    expect(tag).toMatch(/^"[0-9a-f-]{36}\.1"$/);
    expect((await put(2).set('If-None-Match', '*')).body).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
    expect((await request(server.url).get(url)).headers['etag']).toBe(tag);
    expect((await request(server.url).get(url).set('If-None-Match', tag)).status).toBe(304);

    const changed = await put(2).set('If-Match', tag);
    expect([changed.status, changed.headers['etag']]).toEqual([200, tag.replace('.1"', '.2"')]);
    for (const stale of [
      () => put(3),
      () => request(server.url).patch(url).send({ description: 'x' }),
      () => request(server.url).post(`${url}/rollback`),
      () => request(server.url).delete(url),
      () => request(server.url).delete(`${url}@1`),
    ]) {
      expect((await stale().set('If-Match', tag)).body).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
    }
    expect(await server.client.show('guarded')).toMatchObject({ version: 2 });
    expect((await put(3).set('If-Match', 'nonsense')).body).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    await request(server.url)
      .delete(url)
      .set('If-Match', changed.headers['etag'] ?? '')
      .expect(204);
  });

  it('does the same for an alias', async () => {
    await deploy('aliased', 2);
    const url = '/functions/aliased/aliases/live';
    const put = (version: number) => request(server.url).put(url).send({ version });
    await put(1).set('If-Match', '*').expect(412);
    const made = await put(1).set('If-None-Match', '*').expect(201);
    const tag = made.headers['etag'] ?? '';
    await put(2).set('If-Match', tag).expect(200);
    await put(1).set('If-Match', tag).expect(412);
    await request(server.url).delete(url).set('If-Match', tag).expect(412);
    await request(server.url).post('/functions/aliased:live/rollback').set('If-Match', tag).expect(412);
    const now = (await request(server.url).get(url)).headers['etag'] ?? '';
    await request(server.url).delete(url).set('If-Match', now).expect(204);
  });
});

describe('many at once', () => {
  it('AP-59: 50 concurrent deploys of one name give the versions 1 to 50, each with its own code', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => server.client.deploy('crowded', config, returning(`code ${index}`))),
    );
    const numbers = replies.map(({ version }) => version).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    for (const [index, { version, code }] of replies.entries()) {
      const shown = await server.client.show(`crowded@${version}`);
      expect(shown.code).toEqual(code);
      const kept = join(server.dataDirectory, 'artifacts', code.sha256, 'tree', 'main.mjs');
      expect(await readFile(kept, 'utf8')).toBe(returning(`code ${index}`).files['main.mjs']);
    }
    expect(new Set(replies.map(({ code }) => code.sha256)).size).toBe(50);
    const newest = replies.findIndex(({ version }) => version === 50);
    expect(await result('crowded')).toBe(`code ${newest}`);
    await server.client.remove('crowded');
  });

  it('AP-61: a call that runs while its function is removed ends as it would have; the next finds nothing', async () => {
    const files = {
      'main.mjs': 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 1000, "done"))',
    };
    await server.client.deploy('ending', config, { files });
    await server.client.invoke('ending');
    const running = server.client.invoke('ending');
    const removed = until(
      async () =>
        (await server.client.invocations.running()).some(
          (call) => call.function === 'ending' && call.state === 'running',
        ),
      10_000,
      'it runs',
    ).then(() => server.client.remove('ending'));
    const [reply] = await Promise.all([running, removed]);
    expect(reply.result).toBe('done');
    await expect(server.client.invoke('ending')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 });
    await until(async () => (await containersOf('ending')).length === 0, 10_000, 'its container is gone');
  });

  it('AP-62: a name made anew is served by its own code alone, and has none of the aliases', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const { code } = await server.client.deploy('reborn', config, returning(`round ${round}`));
      expect(code.bytes).toBeGreaterThan(0);
      await request(server.url).put('/functions/reborn/aliases/live').send({ version: 1 }).expect(201);
      const calls = Array.from({ length: 4 }, () => result('reborn:live'));
      expect(await Promise.all(calls)).toEqual(Array(4).fill(`round ${round}`));
      await server.client.remove('reborn');
      await server.client.deploy('reborn', config, returning('in between'));
      await expect(server.client.invoke('reborn:live')).rejects.toMatchObject({ code: 'ALIAS_NOT_FOUND' });
      expect(await result('reborn')).toBe('in between');
      await server.client.remove('reborn');
    }
  });
});

// PR-04, 05, 07, 14, 16, 32, 62: user code finds the channel's descriptor and writes results of its own.
// Barrier: the host believes a sandbox about its own current invocation, once, and nothing else. Expected: a forged answer to the
// own call is that call's answer (ok); one to any other is protocol_violation; in each case the sandbox never serves again.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';
import { until } from '../support/containers.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  const never = 'return new Promise(() => {})';

  /** A handler that does as told on its first call in a sandbox, and tells how many calls the sandbox has had after that. */
  const forger = (body: string): ReturnType<typeof attackFiles> =>
    attackFiles(
      `import * as forge from './forge.mjs'; let calls = 0; const { send, result, frame } = forge;
     export const handler = async (event, context) => { const own = context.request_id; if (++calls > 1 || event.plain) return calls; ${body} }`,
      'forge.mjs',
    );

  describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
    it('PR-04: a result forged for the current call is that call’s result, once', async () => {
      const name = await arena.deploy(await forger(`send(result(own, '"forged"')); ${never}`), { isolation });
      const reply = await arena.client.invoke(name);
      expect(reply).toMatchObject({ result: 'forged', error: null, invocation: { outcome: 'ok' } });
    });

    it.each([
      ['two in one write', `send(result(own, '1'), result(own, '2')); ${never}`],
      ['a forged one, then the real one', `send(result(own, '1')); return 2`],
    ])('PR-07: of two answers the first counts, and the sandbox never serves again: %s', async (_title, body) => {
      const name = await arena.deploy(await forger(body), { isolation });
      expect(await arena.client.invoke(name)).toMatchObject({ result: 1, invocation: { outcome: 'ok' } });
      await until(async () => (await arena.containersOf(name)).length === 0, 10_000, 'the sandbox is gone');
      const next = await arena.client.invoke(name, { event: { plain: true } });
      expect(next).toMatchObject({ result: 1, invocation: { outcome: 'ok', cold_start: true } });
    });

    it('PR-05: a result for another function’s call ends the own one, and touches the other in nothing', async () => {
      const other = await arena.deploy(
        'export const handler = (_, { request_id }) => new Promise((resolve) => setTimeout(resolve, 600, request_id))',
      );
      const before = await arena.client.invoke(other);
      const name = await arena.deploy(await forger(`send(result(event.id, '"stolen"')); ${never}`), { isolation });
      const running = arena.client.invoke(other);
      const reply = await arena.client.invoke(name, { event: { id: before.invocation.id } });
      expect(reply).toMatchObject({ result: null, invocation: { outcome: 'protocol_violation' } });
      const { result, invocation } = await running;
      expect(result).toBe(invocation.id);
      const next = await arena.client.invoke(name, { event: { plain: true } });
      expect(next).toMatchObject({ result: 1, invocation: { cold_start: true } });
    });

    it('PR-16: fields that are the host’s to say are not read from a result', async () => {
      const claims = `{ logs: 'forged', error: 'forged', duration_ms: 9e9, invocation: { id: 'forged' }, max_memory_bytes: 1, exit_code: 9, function: 'canary' }`;
      const name = await arena.deploy(
        await forger(`console.log('real'); send(result(own, '7', ${claims})); ${never}`),
        {
          isolation,
        },
      );
      const { invocation, ...reply } = await arena.client.invoke(name);
      expect(reply).toMatchObject({ result: 7, logs: 'real\n', error: null });
      expect(reply.duration_ms).toBeLessThan(10_000);
      expect(invocation).toMatchObject({ outcome: 'ok', function: name, exit_code: null, logs_truncated: false });
      expect(invocation.id).toMatch(/^[\da-f-]{36}$/);
      expect(invocation.max_memory_bytes).not.toBe(1);
    });

    it('PR-32: a result that an exit listener writes is the call’s own, and the sandbox is gone', async () => {
      const body = `process.on('exit', () => send(result(own, '"last words"'))); process.exit(0)`;
      const name = await arena.deploy(await forger(body), { isolation });
      expect(await arena.client.invoke(name)).toMatchObject({ result: 'last words', invocation: { outcome: 'ok' } });
      await until(async () => (await arena.containersOf(name)).length === 0, 10_000, 'the sandbox is gone');
      const next = await arena.client.invoke(name, { event: { plain: true } });
      expect(next).toMatchObject({ result: 1, invocation: { cold_start: true } });
    });

    it.each([
      ['an init frame to the host', `send(frame('init', { protocol: 1 })); ${never}`],
      ['an invoke frame to the host', `send(frame('invoke', { id: own, deadline_ms: 1, remaining_ms: 1 })); ${never}`],
      ['a second hello', `send(frame('hello', { protocol: 1, language: 'node', language_version: '0' })); ${never}`],
      ['a second ready', `send(frame('ready', { load_ms: 0 })); ${never}`],
      ['a load_failed', `send(frame('load_failed', {}, 'no')); ${never}`],
    ])('PR-14: %s is protocol_violation', async (_title, body) => {
      const name = await arena.deploy(await forger(body), { isolation });
      expect(await arena.client.invoke(name)).toMatchObject({
        result: null,
        invocation: { outcome: 'protocol_violation' },
      });
    });
  });

  it('PR-14: the shim, started again by user code, finds no host and ends its process', async () => {
    const reply = await arena.run(
      `import { spawnSync } from 'node:child_process';
     export const handler = () => spawnSync(process.execPath, ['/opt/sraas/node/shim.cjs'], { encoding: 'utf8' }).status`,
    );
    expect(reply).toMatchObject({ result: 71, invocation: { outcome: 'ok' } });
    const imported = await arena.run(
      `import { createRequire } from 'node:module';
     const require = createRequire(import.meta.url); const shim = '/opt/sraas/node/shim.cjs';
     export const handler = () => { delete require.cache[shim]; require(shim); return new Promise(() => {}) }`,
      { config: { limits: { timeout_ms: 5000 } } },
    );
    expect(imported.invocation).toMatchObject({ outcome: 'exited', exit_code: 71 });
  });

  it('PR-14: the socket of the channel takes no second connection', async () => {
    const reply = await arena.run(
      `import net from 'node:net';
     export const handler = () => new Promise((resolve) => { const socket = net.connect('/run/sraas/channel.sock');
       socket.on('error', ({ code }) => resolve(code)); socket.on('connect', () => resolve('connected')) })`,
    );
    expect(['ENOENT', 'ECONNREFUSED', 'EACCES']).toContain(reply.result);
  });

  it('PR-62: what is left of one call and answers in the next one, with the id of the first, ends that next one', async () => {
    const source = await attackFiles(
      `import { send, result } from './forge.mjs'; let first;
     export const handler = ({ wait }, { request_id }) => { first ??= request_id; if (!wait) return 'served';
       setTimeout(() => send(result(first, '"late"')), 20); return new Promise(() => {}) }`,
      'forge.mjs',
    );
    const name = await arena.deploy(source);
    expect((await arena.client.invoke(name)).result).toBe('served');
    const second = await arena.client.invoke(name, { event: { wait: true } });
    expect(second).toMatchObject({ result: null, invocation: { outcome: 'protocol_violation', cold_start: false } });
    expect(await arena.client.invoke(name)).toMatchObject({ result: 'served', invocation: { cold_start: true } });
  });
});

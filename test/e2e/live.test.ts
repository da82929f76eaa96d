import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ClientError } from '../../src/client/client-error.ts';
import type { LiveLogEvent } from '../../src/wire/live-log.ts';
import { recordWorld, type RecordedWorld } from '../unit/cli/recorded-world.ts';
import { runCli } from '../../src/cli/program.ts';
import { containersOf, docker, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const one = { ...config, concurrency: { max: 1 } } as const;

/** Says that it waits, goes on when its container gets SIGUSR2, and ends. */
const waiting = {
  files: {
    'main.mjs': `export const handler = async () => {
      const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
      console.log('waiting for a signal');
      await told;
      console.log('going on – ✓');
      return 'done';
    }`,
  },
};
const looping = {
  files: {
    'main.mjs': 'export const handler = ({ loop }) => { if (loop) console.log("round"); while (loop); return 7; }',
  },
};

async function signalHandler(functionName: string): Promise<void> {
  const [id = ''] = await containersOf(functionName);
  await docker.getContainer(id).kill({ signal: 'SIGUSR2' });
}

/** Follows a function from now on; resolves when the server listens for it. */
async function follow(
  name: string,
): Promise<{ next: () => Promise<LiveLogEvent | undefined>; leave: () => Promise<void> }> {
  const events = server.client.followLogs(name);
  const leave = async (): Promise<void> => {
    await events.return();
  };
  onTestFinished(leave);
  expect((await events.next()).value).toEqual({ event: 'following' });
  return { next: async () => (await events.next()).value ?? undefined, leave };
}

const refused = (work: Promise<unknown>): Promise<ClientError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as ClientError,
  );

async function runningId(functionName: string): Promise<string> {
  let id: string | undefined;
  await until(
    async () => {
      const all = await server.client.invocations.running();
      id = all.find((invocation) => invocation.function === functionName && invocation.state === 'running')?.id;
      return id !== undefined;
    },
    20_000,
    `${functionName} runs`,
  );
  return id ?? '';
}

describe('following the logs of a function', () => {
  it('tells what the module wrote while it was loaded, once, before what the handler writes', async () => {
    const files = { 'main.mjs': 'console.log("loading"); export const handler = () => console.log("called")' };
    await server.client.deploy('loading', config, { files });
    const { next } = await follow('loading');
    const { logs } = await server.client.invoke('loading');
    const told: string[] = [];
    for (let event = await next(); event !== undefined && event.event !== 'end'; event = await next()) {
      if (event.event === 'log') told.push(event.text);
    }
    expect(told.join('')).toBe('loading\ncalled\n');
    expect(logs).toBe('loading\ncalled\n');
  });

  it('tells what is written while the handler still runs', async () => {
    await server.client.deploy('live', config, waiting);
    const follower = await follow('live');
    const reply = server.client.invoke('live');
    const begin = await follower.next();
    expect(begin).toMatchObject({ event: 'begin', version: 1 });
    expect(await follower.next()).toMatchObject({ event: 'log', text: 'waiting for a signal\n' });
    await signalHandler('live');
    expect(await follower.next()).toMatchObject({ event: 'log', text: 'going on – ✓\n' });
    expect(await follower.next()).toMatchObject({ event: 'end', outcome: 'ok', code: null });
    const { result, logs, invocation } = await reply;
    expect(begin).toMatchObject({ invocation_id: invocation.id });
    expect([result, logs]).toEqual(['done', 'waiting for a signal\ngoing on – ✓\n']);
  });

  it('tells two followers the same', async () => {
    await server.client.deploy('shared', config, looping);
    const followers = [await follow('shared'), await follow('shared')];
    await server.client.invoke('shared', { event: {} });
    const heard = await Promise.all(followers.map(async ({ next }) => [await next(), await next()]));
    expect(heard[0]).toMatchObject([{ event: 'begin' }, { event: 'end', outcome: 'ok' }]);
    expect(heard[1]).toEqual(heard[0]);
  });

  it('frees what a client held that leaves, so that others can follow', async () => {
    await server.client.deploy('leaving', config, looping);
    for (let round = 0; round < 2; round++) {
      const followers = await Promise.all(Array.from({ length: 100 }, () => follow('leaving')));
      await expect(follow('leaving')).rejects.toMatchObject({ code: 'TOO_MANY_FOLLOWERS', status: 429 });
      await Promise.all(followers.map(({ leave }) => leave()));
      await until(
        async () => {
          try {
            await (await follow('leaving')).leave();
            return true;
          } catch {
            return false;
          }
        },
        10_000,
        'there is room for followers again',
      );
    }
    expect((await server.client.invoke('leaving', { event: {} })).result).toBe(7);
  });

  it('tells what a module wrote that does not load', async () => {
    const code = { files: { 'main.mjs': 'console.log("half way"); throw new Error("no")' } };
    await server.client.deploy('unloadable', config, code);
    const follower = await follow('unloadable');
    await server.client.invoke('unloadable');
    expect(await follower.next()).toMatchObject({ event: 'begin' });
    expect(await follower.next()).toMatchObject({ event: 'log', text: 'half way\n' });
    expect(await follower.next()).toMatchObject({ event: 'end', outcome: 'load_error' });
  });

  it('ends when the function is removed', async () => {
    await server.client.deploy('short-lived', config, looping);
    const follower = await follow('short-lived');
    await server.client.remove('short-lived');
    expect(await follower.next()).toEqual({ event: 'removed' });
    expect(await follower.next()).toBeUndefined();
    await expect(follow('short-lived')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 });
  });

  it('ends when the server shuts down, after the last call has', async () => {
    await using other = await startServer();
    await other.client.deploy('last', config, looping);
    const events = other.client.followLogs('last');
    expect((await events.next()).value).toEqual({ event: 'following' });
    const [next] = await Promise.all([events.next(), other.stop()]);
    expect(next.value).toEqual({ event: 'draining' });
  });

  it('is refused without follow=true, and to a page of another origin', async () => {
    const url = `${server.url}/functions/live/logs`;
    expect((await fetch(url)).status).toBe(400);
    expect((await fetch(`${url}?follow=true`, { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
    expect((await fetch(url, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('cancelling an invocation', () => {
  it('kills an endless loop, tells its caller, and frees its place for the next call', async () => {
    await server.client.deploy('endless', { ...one, limits: { timeout_ms: 60_000 } }, looping);
    const follower = await follow('endless');
    const caller = refused(server.client.invoke('endless', { event: { loop: true } }));
    const begin = await follower.next();
    expect(await follower.next()).toMatchObject({ event: 'log', text: 'round\n' });
    const id = begin?.event === 'begin' ? begin.invocation_id : '';
    const [container = ''] = await containersOf('endless');
    expect(await server.client.invocations.running()).toMatchObject([
      { id, function: 'endless', version: 1, state: 'running' },
    ]);

    await server.client.invocations.cancel(id);
    expect(await caller).toMatchObject({ code: 'INVOCATION_CANCELLED', status: 409 });
    expect(await follower.next()).toMatchObject({ event: 'end', outcome: null, code: 'INVOCATION_CANCELLED' });
    expect(await server.client.invocations.running()).toEqual([]);
    expect((await server.client.invoke('endless', { event: {} })).result).toBe(7);
    expect(await containersOf('endless')).not.toContain(container);
  });

  it('ends a call that waits, and leaves the one that runs', async () => {
    await server.client.deploy('queued', one, waiting);
    const first = server.client.invoke('queued');
    const firstId = await runningId('queued');
    const second = refused(server.client.invoke('queued'));
    let waitingId: string | undefined;
    await until(
      async () => {
        waitingId = (await server.client.invocations.running()).find(({ state }) => state === 'waiting')?.id;
        return waitingId !== undefined;
      },
      10_000,
      'the second call waits',
    );
    await server.client.invocations.cancel(waitingId ?? '');
    expect(await second).toMatchObject({ code: 'INVOCATION_CANCELLED', status: 409 });
    expect((await server.client.invocations.running()).map(({ id }) => id)).toEqual([firstId]);
    await until(async () => (await containersOf('queued')).length === 1, 10_000, 'the first call has its container');
    await server.client.invocations.cancel(firstId);
    await expect(first).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
  });

  it('ends a run of code that was never deployed', async () => {
    const run = refused(server.client.run({ config, envelope: { version: 'v1', event: { loop: true } }, ...looping }));
    await server.client.invocations.cancel(await runningId('run'));
    expect(await run).toMatchObject({ code: 'INVOCATION_CANCELLED', status: 409 });
  });

  it('fails with 409 for one that has ended, from that moment on, and with 404 for an id that nothing runs under', async () => {
    const { invocation } = await server.client.invoke('endless', { event: {} });
    const cancel = (id: string): Promise<void> => server.client.invocations.cancel(id);
    const hasEnded = { code: 'INVOCATION_ENDED', status: 409 };
    await expect(cancel(invocation.id)).rejects.toMatchObject(hasEnded);
    // The list waits for its record to be in the store.
    for await (const _ of server.client.invocations.list('endless')) break;
    await expect(cancel(invocation.id)).rejects.toMatchObject(hasEnded);
    for (const id of ['nothing', '../functions/endless']) {
      await expect(cancel(id)).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND', status: 404 });
    }
    expect((await server.client.show('endless')).name).toBe('endless');
  });
});

describe('the command line', () => {
  function worldOf(): RecordedWorld {
    const environment = { SRAAS_URL: server.url };
    return recordWorld({ environment, terminal: true, fetch: (address, init) => fetch(address, init) });
  }

  it('follows a call, shows that it runs, and cancels it', async () => {
    await server.client.deploy('watched', { ...one, limits: { timeout_ms: 60_000 } }, looping);
    const logs = worldOf();
    const following = runCli(['logs', 'watched', '-f'], logs.world);
    await until(() => logs.stderr().includes('following watched'), 10_000, 'it follows');
    const caller = refused(server.client.invoke('watched', { event: { loop: true } }));
    await until(() => logs.stdout().includes('round\n'), 20_000, 'the first line is shown');
    const shortId = /^\S+ ([0-9a-f]{8}) {2}round$/m.exec(logs.stdout())?.[1] ?? '';

    const list = worldOf();
    expect(await runCli(['ps'], list.world)).toBe(0);
    expect(list.stdout()).toMatch(new RegExp(`^\\S+${shortId} +watched@1 +running`, 'm'));

    const cancel = worldOf();
    expect(await runCli(['cancel', shortId], cancel.world)).toBe(0);
    expect(cancel.stdout()).toMatch(new RegExp(`^cancelled \\S+${shortId}$`, 'm'));
    expect((await caller).code).toBe('INVOCATION_CANCELLED');
    await until(() => logs.stderr().includes('-- INVOCATION_CANCELLED in'), 10_000, 'its end is shown');
    logs.sendStopSignal();
    expect(await following).toBe(0);
  });
});

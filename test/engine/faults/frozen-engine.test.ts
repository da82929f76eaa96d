import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { until } from '../../support/containers.ts';
import { footprint } from '../../support/footprint.ts';
import { type PrivateEngine, startPrivateEngine } from '../../support/private-engine.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { defaultSpec } from '../../unit/sandboxes/plans.ts';
import { callOnce, tally } from './steady-callers.ts';

const queueTimeoutMs = 1500;
const maxConcurrency = 3;

const files = {
  'main.mjs': 'export const handler = ({ ms = 0 }) => new Promise((resolve) => setTimeout(resolve, ms, "slept"))',
};
const config = {
  runtime: 'node24',
  handler: 'main.handler',
  limits: { timeout_ms: 2000 },
  concurrency: { max: maxConcurrency },
};

let engine: PrivateEngine;
let server: TestServer;
beforeAll(async () => {
  engine = await startPrivateEngine();
  server = await startServer({ engineHost: engine.engineHost, runDirectory: engine.runDirectory, queueTimeoutMs });
});
afterEach(() => {
  engine.thaw();
});
afterAll(async () => {
  await server.stop();
  await engine[Symbol.asyncDispose]();
});

async function containers(): Promise<number> {
  return (await engine.docker.listContainers({ all: true })).length;
}

describe('an engine that hangs', () => {
  it('is given up by every call to it when its time is over', async () => {
    const impatient = new DockerEngine({ host: engine.engineHost, callTimeoutMs: 300, changeTimeoutMs: 300 });
    const id = '0'.repeat(64) as ContainerId;
    engine.freeze();
    const calls = [
      impatient.info(),
      impatient.create(defaultSpec),
      impatient.start(id),
      impatient.inspect(id, defaultSpec),
      impatient.wait(id, 300),
      impatient.kill(id),
      impatient.remove(id),
      impatient.list({}),
      impatient.findImage('sraas/node24'),
      impatient.listImages({}),
      impatient.removeImage('sraas/frozen'),
    ];
    const ends = await Promise.all(calls.map((call) => call.then(String, (error: unknown) => error)));
    expect(ends).toEqual(calls.map(() => expect.objectContaining({ name: 'EngineError', code: 'timeout' }) as unknown));
  });

  it('keeps no warm sandbox from serving', async () => {
    await server.client.deploy('warm', config, { files });
    await server.client.invoke('warm');
    engine.freeze();
    for (let call = 0; call < 20; call++) {
      expect((await server.client.invoke('warm')).invocation).toMatchObject({ outcome: 'ok', cold_start: false });
    }
  });

  it('refuses calls that need a new sandbox in bounded time, with few requests pending, and serves when it goes on', async () => {
    await server.client.deploy('cold', config, { files });
    const before = footprint().dialled;
    engine.freeze();
    const calls = await Promise.all(Array.from({ length: 40 }, () => callOnce(server.client, 'cold')));
    expect(tally(calls)).toEqual({ QUEUE_TIMEOUT: 40 });
    expect(Math.max(...calls.map(({ durationMs }) => durationMs))).toBeLessThan(queueTimeoutMs + 5000);
    expect(footprint().dialled - before).toBeLessThanOrEqual(maxConcurrency);
    engine.thaw();
    await until(async () => (await callOnce(server.client, 'cold')).how === 'ok', 10_000, 'it serves again');
  });

  it('answers a call whose time is over although the kill cannot be confirmed', async () => {
    await server.client.deploy('late', { ...config, limits: { timeout_ms: 300 } }, { files });
    await server.client.invoke('late');
    engine.freeze();
    const late = await callOnce(server.client, 'late', { ms: 60_000 });
    engine.thaw();
    expect(late.how).toBe('timeout');
    expect(late.durationMs).toBeLessThan(15_300);
  });

  it('leaves nothing behind that is not removed once it goes on', async () => {
    for (const name of ['warm', 'cold', 'late']) await server.client.remove(name);
    await until(async () => (await containers()) === 0, 35_000, 'all containers are removed');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOf, until } from '../../support/containers.ts';
import { type PrivateEngine, startPrivateEngine } from '../../support/private-engine.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { callOnce, type Ended } from './steady-callers.ts';

const files = {
  'main.mjs': `
    export const handler = async ({ ms = 0 }) => {
      console.log('runs');
      await new Promise((resolve) => setTimeout(resolve, ms));
      return 'slept';
    }`,
};
const config = { runtime: 'node24', handler: 'main.handler', limits: { timeout_ms: 2000 } };

let engine: PrivateEngine;
let server: TestServer;
beforeAll(async () => {
  engine = await startPrivateEngine();
  server = await startServer({ engineHost: engine.engineHost, runDirectory: engine.runDirectory });
});
afterAll(async () => {
  await server.stop();
  await engine[Symbol.asyncDispose]();
});

const sandboxesOf = (name: string): Promise<readonly string[]> => containersOf(name, engine.docker);

/** Deploys a function and gives the id of its one warm sandbox's container. */
async function warmContainerOf(name: string): Promise<string> {
  await server.client.deploy(name, config, { files });
  await server.client.invoke(name);
  const [id = ''] = await sandboxesOf(name);
  return id;
}

/** Sends a call to a warm sandbox, and meddles with its container once the call has been handed to it. */
async function callAndMeddle(name: string, ms: number, meddle: () => Promise<unknown>): Promise<Ended> {
  const running = callOnce(server.client, name, { ms });
  // This process answers requests in their order, and a warm sandbox is given a call as soon as the call has been read.
  await server.client.health();
  await meddle();
  return await running;
}

describe('a sandbox that a person meddles with while it runs a call', () => {
  it('is killed at the deadline when it was paused, and the next call gets a new one', async () => {
    const id = await warmContainerOf('paused');
    const call = await callAndMeddle('paused', 500, () => engine.docker.getContainer(id).pause());
    expect(call).toMatchObject({ how: 'timeout' });
    await until(async () => !(await sandboxesOf('paused')).includes(id), 5000, 'the paused container is removed');
    expect((await server.client.invoke('paused')).invocation).toMatchObject({ outcome: 'ok', cold_start: true });
  });

  it.each([
    ['killed', (id: string): Promise<unknown> => engine.docker.getContainer(id).kill()],
    ['stopped', (id: string): Promise<unknown> => engine.docker.getContainer(id).stop({ t: 0 })],
    ['removed', (id: string): Promise<unknown> => engine.docker.getContainer(id).remove({ force: true })],
  ])('ends its call at once when it was %s, and the next call gets a new one', async (name, meddle) => {
    const id = await warmContainerOf(name);
    expect(await callAndMeddle(name, 1900, () => meddle(id))).toMatchObject({ how: 'exited' });
    expect((await server.client.invoke(name)).invocation).toMatchObject({ outcome: 'ok', cold_start: true });
    await until(async () => !(await sandboxesOf(name)).includes(id), 5000, 'the container is removed');
  });
});

describe('a warm sandbox that dies while it is idle', () => {
  it('is removed before anybody calls, and the next call gets a new one', async () => {
    const id = await warmContainerOf('idle');
    await engine.docker.getContainer(id).kill();
    await until(async () => (await sandboxesOf('idle')).length === 0, 5000, 'the dead container is removed');
    expect((await server.client.invoke('idle')).invocation).toMatchObject({ outcome: 'ok', cold_start: true });
  });

  it('gives a call that comes at the same moment its one end', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await warmContainerOf(`race-${round}`);
      const killed = engine.docker.getContainer(id).kill();
      const call = await callOnce(server.client, `race-${round}`);
      await killed;
      // Its event had been sent, so that it must not be sent again; or it had not, and another sandbox served it.
      expect(['ok', 'exited']).toContain(call.how);
    }
  });

  it('is replaced when the function wants one warm', async () => {
    await server.client.deploy('ready', { ...config, concurrency: { max: 2, warm_min: 1 } }, { files });
    await server.client.invoke('ready');
    const [id = ''] = await sandboxesOf('ready');
    await engine.docker.getContainer(id).kill();
    const replaced = async (): Promise<boolean> => {
      const ids = await sandboxesOf('ready');
      return ids.length === 1 && ids[0] !== id;
    };
    await until(replaced, 15_000, 'another sandbox stands ready');
    expect((await server.client.invoke('ready')).invocation.outcome).toBe('ok');
  });
});

describe('a runtime whose image is removed while functions are served', () => {
  it('is told with a sentence, and served again once the image is back', async () => {
    await server.client.deploy('imageless', { ...config, isolation: 'fresh' }, { files });
    expect((await server.client.invoke('imageless')).result).toBe('slept');
    for await (const { name } of server.client.list()) if (name !== 'imageless') await server.client.remove(name);
    await until(async () => (await engine.docker.listContainers()).length === 0, 5000, 'no sandbox holds the image');
    for (const image of await engine.docker.listImages())
      await engine.docker.getImage(image.Id).remove({ force: true });

    const refusal = {
      how: 'RUNTIME_NOT_READY',
      detail: expect.stringContaining('sraas images build node24') as string,
    };
    // The first call finds that the image which was known is gone; the second that there is none.
    expect(await callOnce(server.client, 'imageless')).toMatchObject(refusal);
    expect(await callOnce(server.client, 'imageless')).toMatchObject(refusal);
    await engine.loadRuntime('node24');
    expect((await server.client.invoke('imageless')).result).toBe('slept');
  });
});

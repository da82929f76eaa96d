import { describe, expect, it } from 'vitest';
import { engineHost } from '../../support/server.ts';
import { FaultyEngine, type EngineFaults } from './faulty-engine.ts';
import { openSandboxRoom, type SandboxRoom } from './sandbox-room.ts';

const nothing = { containers: 0, folders: 0, userIds: 0 };

async function expectOneSandbox(room: SandboxRoom): Promise<void> {
  expect(await room.borrow()).toBe('sandbox');
  expect(await room.holdings()).toEqual({ containers: 1, folders: 1, userIds: 1 });
}

describe('a start that fails halfway', () => {
  it.each<[what: string, faults: EngineFaults, code: string]>([
    ['the engine refuses to create the container', { create: 'refused' }, 'SANDBOX_START_FAILED'],
    ['the container is created and refuses to start', { start: 'refused' }, 'SANDBOX_START_FAILED'],
    ['the container starts and the reply is lost', { start: 'reply_lost' }, 'ENGINE_UNAVAILABLE'],
    ['the container runs and cannot be inspected', { inspect: 'refused' }, 'SANDBOX_START_FAILED'],
    ['the inspection of the container is lost', { inspect: 'reply_lost' }, 'ENGINE_UNAVAILABLE'],
  ])('is told once and leaves nothing behind: %s', async (_what, faults, code) => {
    const engine = new FaultyEngine({ host: engineHost });
    await using room = await openSandboxRoom({ engine });
    engine.faults = faults;
    await expect(room.borrow()).rejects.toMatchObject({ code });
    expect(await room.holdings()).toEqual(nothing);
    engine.faults = {};
    await expectOneSandbox(room);
  });

  it('has its container removed later when nobody learnt that it was created', async () => {
    const engine = new FaultyEngine({ host: engineHost });
    await using room = await openSandboxRoom({ engine });
    engine.faults = { create: 'reply_lost' };
    await expect(room.borrow()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    engine.faults = {};
    await expectOneSandboxAnd(room, 1);
    await room.retryLeftovers();
    await expectOneSandbox(room);
  });

  it('keeps its user id and folder until its container can be removed', async () => {
    const engine = new FaultyEngine({ host: engineHost });
    await using room = await openSandboxRoom({ engine });
    engine.faults = { start: 'refused', remove: 'refused' };
    await expect(room.borrow()).rejects.toMatchObject({ code: 'SANDBOX_START_FAILED' });
    await room.retryLeftovers();
    expect(await room.holdings()).toEqual({ containers: 1, folders: 1, userIds: 1 });
    engine.faults = {};
    await room.retryLeftovers();
    expect(await room.holdings()).toEqual(nothing);
  });
});

async function expectOneSandboxAnd(room: SandboxRoom, strays: number): Promise<void> {
  expect(await room.borrow()).toBe('sandbox');
  expect(await room.holdings()).toEqual({ containers: 1 + strays, folders: 1, userIds: 1 });
}

describe('a container whose shim', () => {
  it.each([
    ['never comes', 'setInterval(() => undefined, 1000)'],
    ['says nothing on its channel', 'require("node:net").connect("/run/sraas/channel.sock")'],
  ])('%s is killed when the time for a start is over, and leaves nothing behind', async (_what, shim) => {
    const engine = new FaultyEngine({ host: engineHost });
    await using room = await openSandboxRoom({ engine, shim, startTimeoutMs: 1000 });
    await expect(room.borrow()).rejects.toMatchObject({ kind: { status: 503, retryable: true } });
    expect(await room.holdings()).toEqual(nothing);
  });

  it.each([
    ['ends', 'process.exit(3)'],
    ['goes away', 'require("node:net").connect("/run/sraas/channel.sock").end(); setInterval(() => undefined, 1000)'],
  ])(
    '%s before it has said hello is told at once, and leaves nothing behind',
    async (_what, shim) => {
      const engine = new FaultyEngine({ host: engineHost });
      await using room = await openSandboxRoom({ engine, shim, startTimeoutMs: 50_000 });
      await expect(room.borrow()).rejects.toMatchObject({ code: 'SANDBOX_START_FAILED' });
      expect(await room.holdings()).toEqual(nothing);
    },
    40_000,
  );
});

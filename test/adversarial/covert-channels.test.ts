// IS-26, IS-29: two sandboxes try to meet: System V and POSIX objects, keyrings, abstract sockets, vsock, files, inotify.
// Barrier: namespaces of their own, no /dev/shm, no message queues, the filter, a /tmp each. Expected: nothing that one leaves is
// found by another, whether of another function or of the same; the same looks find it where it was left.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  const ways = ['shm', 'msg', 'sem', 'mq', 'key', 'vsock', 'tmp', 'devshm', 'abstract'];
  const nothing = Object.fromEntries(ways.map((way) => [way, 'no']));

  const meeting = (): ReturnType<typeof attackFiles> =>
    attackFiles(
      `import { leave, look } from './covert.mjs';
     export const handler = async ({ verb, ms = 0 }) => { const said = await (verb === 'leave' ? leave() : look()); await new Promise((r) => setTimeout(r, ms)); return said }`,
      'covert.mjs',
      'covert.pl',
    );

  it('IS-29: what one function leaves, another does not find, while both live', async () => {
    const [sender, receiver] = [await arena.deploy(await meeting()), await arena.deploy(await meeting())];
    const left = (await arena.client.invoke(sender, { event: { verb: 'leave' } })).result;
    // What is left at all, so that there is something to find; the rest cannot even be made.
    expect(left).toMatchObject({
      shm: 'yes',
      msg: 'yes',
      sem: 'yes',
      mq: 'no',
      key: 'no',
      vsock: 'no',
      tmp: 'yes',
      abstract: 'yes',
    });
    expect((await arena.client.invoke(receiver, { event: { verb: 'look' } })).result).toEqual(nothing);
    // The looks themselves work: the sender, still alive, finds its own.
    const own = await arena.client.invoke(sender, { event: { verb: 'look' } });
    expect(own).toMatchObject({
      result: { shm: 'yes', msg: 'yes', sem: 'yes', tmp: 'yes', abstract: 'yes' },
      invocation: { cold_start: false },
    });
  });

  it.each(['warm', 'fresh'] as const)(
    'IS-26: two sandboxes of one function share nothing either: %s',
    async (isolation) => {
      const name = await arena.deploy(await meeting(), { isolation, concurrency: { max: 2 } });
      const first = arena.client.invoke(name, { event: { verb: 'leave', ms: 2500 } });
      // Starts beside the first one, which is busy for longer than that takes.
      const second = await arena.client.invoke(name, { event: { verb: 'look', ms: 500 } });
      expect(second).toMatchObject({ result: nothing, invocation: { cold_start: true } });
      expect((await first).invocation).toMatchObject({ outcome: 'ok', cold_start: true });
    },
  );

  it('IS-29: a watch on the files of the image and of the function hears nothing of another sandbox', async () => {
    const watcher = await arena.deploy(
      `import fs from 'node:fs'; const heard = [];
     for (const place of ['/usr/bin/perl', '/etc', '/function', '/tmp']) fs.watch(place, { persistent: false }, (event, file) => heard.push([place, event, file]));
     export const handler = async ({ ms }) => { await new Promise((resolve) => setTimeout(resolve, ms)); return heard }`,
    );
    await arena.client.invoke(watcher, { event: { ms: 1 } });
    const listening = arena.client.invoke(watcher, { event: { ms: 1500 } });
    await arena.run(
      `import fs from 'node:fs'; export const handler = () => { for (const place of ['/usr/bin/perl', '/etc', '/function', '/tmp']) {
       for (const attempt of [() => fs.utimesSync(place, 1, 1), () => fs.chmodSync(place, 0o777), () => fs.writeFileSync(place + '/x', 'x')]) { try { attempt() } catch {} } } }`,
    );
    expect((await listening).result).toEqual([]);
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { atATime } from '../support/at-a-time.ts';
import { containersOfInstance, docker } from '../support/containers.ts';
import { spawnOnStore } from '../support/database-url.ts';
import { ResidentMemory } from '../support/resident-memory.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { keptByStoppedServer, namesIn } from '../support/stopped-data-directory.ts';

const functionCount = 20;
const callsPerRound = 200;
const callers = 20;

it('keeps 200 invocations of 20 functions apart, 20 at a time, and leaves nothing behind', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-load-'));
  try {
    await using server = await spawnOnStore(dataDirectory);
    for (let i = 0; i < functionCount; i++) {
      const source = `export const handler = async ({ nonce }) => { console.log('${i}', nonce); return { nonce, by: ${i} } }`;
      await server.client.deploy(
        `load-${i}`,
        { runtime: 'node24', handler: 'main.handler', concurrency: { max: 2 } },
        { files: { 'main.mjs': source } },
      );
    }
    await callAll(server, 0);
    const memory = new ResidentMemory(server);
    const settledMb = await memory.now();
    for (let round = 1; round <= 5; round++) await callAll(server, round);
    // 1,000 calls later: buffers and compiled code may still grow a little, what calls leave behind may not.
    expect((await memory.now()) - settledMb).toBeLessThan(30);

    const instance = await instanceOf();
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await containersOfInstance(instance)).toEqual([]);
    await expect(readdir(join('/run/sraas', instance.slice(0, 12)))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await namesIn(dataDirectory)).toEqual(keptByStoppedServer);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});

async function callAll(server: ServerProcess, round: number): Promise<void> {
  const calls = Array.from({ length: callsPerRound }, (_, i) => ({ fn: i % functionCount, nonce: `${round}-${i}` }));
  await atATime(callers, calls, async ({ fn, nonce }) => {
    const { result, logs, error } = await server.client.invoke(`load-${fn}`, { event: { nonce } });
    expect({ result, logs, error }).toEqual({ result: { nonce, by: fn }, logs: `${fn} ${nonce}\n`, error: null });
  });
}

async function instanceOf(): Promise<string> {
  const [container] = await docker.listContainers({ filters: { label: ['sraas.function=load-0'] } });
  return container?.Labels['sraas.instance'] ?? 'none';
}

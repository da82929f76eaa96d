import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { attackFiles } from '../support/attack-files.ts';
import { ContainerEvents } from '../support/container-events.ts';
import { containersOfInstance } from '../support/containers.ts';
import { EngineTraces } from '../support/engine-traces.ts';
import { markedProcesses } from '../support/marked-processes.ts';
import { engineHost } from '../support/server.ts';
import { keptByStoppedServer, namesIn } from '../support/stopped-data-directory.ts';
import { WatchedServer } from '../support/watched-server.ts';
import { callAll } from './load/call-all.ts';
import { handlerSource, logBytes, resultBytes } from './load/deeds.ts';

const functionCount = 50;
const maxSandboxes = 12;
const maxPrepared = 4;
/** Live memory that a thousand calls may add at most, in megabytes: a thousand replies take more. */
const mostLiveMb = 0.5;
/** Resident memory goes up and down with the collection of garbage. */
const mostResidentMb = 3;

it(
  'answers each of 10,000 calls of 50 functions rightly, however many of them fail, and leaves nothing behind',
  { timeout: 600_000 },
  async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-mixed-'));
    const runDirectory = await mkdtemp(join(tmpdir(), 'sraas-run-'));
    const mark = { name: 'SRAAS_TEST_MIXED_LOAD', value: randomUUID() };
    const faults: string[] = [];
    const traces = await EngineTraces.find();
    const server = await WatchedServer.start({
      settings: { port: 0, engineHost, dataDirectory, runDirectory, maxSandboxes, preparedPerKind: 2, maxPrepared },
      environment: { [mark.name]: mark.value },
      onLogLine: () => undefined,
      onFault: (fault) => faults.push(fault),
    });
    try {
      using containers = await ContainerEvents.follow(server.instanceId);
      const client = new SraasClient({ url: server.url });
      for (let by = 0; by < functionCount; by++) await deploy(client, by);
      const { wrong, memory } = await callAll(server, client, functionCount);

      console.info(`memory in use: ${memory.toString()}`);
      const [live, resident] = [memory.slope('liveMb'), memory.slope('residentMb')];
      console.info(`slope: ${live.toFixed(3)} MB in use, ${resident.toFixed(3)} MB resident, per 1,000 calls`);
      console.info(`containers: ${containers.made.size} made, ${containers.most} at most at a time`);
      expect(wrong).toEqual([]);
      expect(live).toBeLessThan(mostLiveMb);
      expect(resident).toBeLessThan(mostResidentMb);
      expect(containers.most).toBeLessThanOrEqual(maxSandboxes + maxPrepared);

      expect(await server.stop()).toBe(0);
      expect(faults).toEqual([]);
      expect(await containersOfInstance(server.instanceId)).toEqual([]);
      expect(traces.of(containers.made)).toEqual([]);
      expect(markedProcesses({ environment: `${mark.name}=${mark.value}`, controlGroup: '/none' })).toEqual([]);
      expect(await readdir(runDirectory)).toEqual([]);
      expect(await namesIn(dataDirectory)).toEqual(keptByStoppedServer);
    } finally {
      await server.stop();
      for (const directory of [dataDirectory, runDirectory]) await rm(directory, { recursive: true, force: true });
    }
  },
);

/** Two kinds of containers, so that those which were started ahead have to make room for each other. */
async function deploy(client: SraasClient, by: number): Promise<void> {
  const limits = {
    memory_mb: by % 2 === 0 ? 64 : 80,
    tmp_mb: 8,
    timeout_ms: 3000,
    log_bytes: logBytes,
    result_bytes: resultBytes,
  };
  const config = { runtime: 'node24', handler: 'main.handler', limits, concurrency: { max: 2 } } as const;
  await client.deploy(`mixed-${by}`, config, await attackFiles(handlerSource(by), 'forge.mjs'));
}

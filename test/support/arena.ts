import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SraasClient } from '../../src/client/sraas-client.ts';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { Config } from '../../src/config/config.ts';
import { WatchedServer } from './watched-server.ts';
import type { Attack, Attacked, Source } from './arena/attacks.ts';
import { ContainerEvents } from './container-events.ts';
import { EngineTraces } from './engine-traces.ts';
import { OpenArena } from './arena/open-arena.ts';
import { Overheard } from './arena/overheard.ts';
import { MeasuredPulse } from './arena/measured-pulse.ts';
import { Pulse } from './arena/pulse.ts';
import { engineHost } from './server.ts';

export interface Arena extends AsyncDisposable {
  readonly client: SraasClient;
  readonly url: string;
  readonly dataDirectory: string;
  /** Value of the label `sraas.instance` of its sandboxes. */
  readonly instanceId: string;
  /** Deploys under a fresh name and invokes once. {@link Arena.aftermath} invokes it again. */
  run(source: Source, attack?: Attack): Promise<Attacked>;
  /** Deploys under a fresh name, which it resolves with; for attacks that take more than one call. */
  deploy(source: Source, config?: Partial<FunctionConfigDocument>): Promise<string>;
  /** Ids of a function's containers on this server, running or not, those that were started ahead among them. */
  containersOf(name: string): Promise<readonly string[]>;
  /**
   * Asserts that nobody but the attacker noticed, and that nothing of it is left. Call it after each case.
   *
   * @param again The outcomes that a cold second invocation of what was run may have; the first one's by default.
   */
  aftermath(again?: readonly Outcome[]): Promise<void>;
}

/**
 * A server, with a canary function that somebody calls all the time, for attacks to be made on. One per file or group; dispose
 * of it in afterAll. It starts no containers ahead unless asked to.
 *
 * @param overrides Settings of the server.
 * @param slowestHealthMs Longest time that `/healthz` may take at any moment.
 */
export async function openArena(overrides: Partial<Config> = {}, { slowestHealthMs = 1000 } = {}): Promise<Arena> {
  const [ownSecret, canarySecret] = [randomUUID(), randomUUID()];
  const overheard = new Overheard([ownSecret, canarySecret]);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-arena-'));
  const runDirectory = await mkdtemp(join(tmpdir(), 'sraas-run-'));
  const given = { preparedPerKind: 0, maxPrepared: 6, ...overrides, port: 0, engineHost, runDirectory, dataDirectory };
  const closers = [
    async (): Promise<void> => {
      for (const directory of [dataDirectory, runDirectory]) await rm(directory, { recursive: true, force: true });
    },
  ];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const program = Pulse.spawn();
    closers.push(() => {
      if (program.connected) program.disconnect();
      return Promise.resolve();
    });
    const server = await WatchedServer.start({
      settings: given,
      environment: { SRAAS_TEST_ARENA_SECRET: ownSecret },
      onLogLine: (line) => {
        overheard.hear(line);
      },
      onFault: (fault) => {
        overheard.note(fault);
      },
    });
    closers.push(async () => {
      await server.stop();
    });
    const traces = await EngineTraces.find();
    const containers = await ContainerEvents.follow(server.instanceId);
    closers.push(() => {
      containers[Symbol.dispose]();
      return Promise.resolve();
    });
    const client = new SraasClient({ url: server.url });
    const pulse = await Pulse.start(program, { client, secret: canarySecret, slowestHealthMs });
    closers.push(() => pulse[Symbol.asyncDispose]());
    const canaryCode = join(dataDirectory, 'artifacts', pulse.codeHash, 'tree');
    const where = { server, client, dataDirectory, runDirectory, canaryCode, containers, traces };
    return await OpenArena.begin({
      ...{ where, ownSecret, overheard, close },
      settings: given,
      pulse: new MeasuredPulse(pulse),
    });
  } catch (error) {
    await close();
    throw error;
  }
}

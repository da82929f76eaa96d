import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import type { FunctionConfigDocument } from '../../../src/wire/function-config.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import type { Config } from '../../../src/config/config.ts';
import type { Arena } from '../arena.ts';
import { containersOfInstance, until } from '../containers.ts';
import { type Attack, type Attacked, Attacks, graceMs, type Source } from './attacks.ts';
import type { MeasuredPulse } from './measured-pulse.ts';
import { filesWith } from './files-with.ts';
import type { Overheard } from './overheard.ts';
import { leftBehind, type Standing, standingOf, type Whereabouts } from './standing.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder for what all arenas of a run measure; absent where nobody sums it up. */
    canaryRecord?: string;
  }
}

export interface ArenaParts {
  readonly where: Whereabouts;
  readonly settings: Pick<Config, 'preparedPerKind' | 'maxPrepared'>;
  /** A value of the server's own environment. */
  readonly ownSecret: string;
  readonly overheard: Overheard;
  readonly pulse: MeasuredPulse;
  readonly close: () => Promise<void>;
}

/** Live bytes that a server may have gained by a file's attacks: compiled code, and buffers kept for reuse. */
const mostGainedBytes = 10_000_000;

export class OpenArena implements Arena {
  readonly client: SraasClient;
  readonly url: string;
  readonly dataDirectory: string;
  readonly instanceId: string;
  readonly #parts: ArenaParts;
  readonly #attacks: Attacks;
  #before: Standing;
  #liveBytesBefore = 0;

  private constructor(parts: ArenaParts, before: Standing) {
    const { where, overheard } = parts;
    this.url = where.server.url;
    this.client = new SraasClient({ url: this.url, fetch: overheard.fetch });
    this.dataDirectory = where.dataDirectory;
    this.instanceId = where.server.instanceId;
    this.#parts = parts;
    this.#attacks = new Attacks(where, this.client);
    this.#before = before;
  }

  static async begin(parts: ArenaParts): Promise<OpenArena> {
    const arena = new OpenArena(parts, await standingOf(parts.where));
    await arena.#untilPrepared();
    expect(await parts.pulse.complaints('neighbour')).toEqual([]);
    expect(await parts.pulse.measureAlone()).toEqual([]);
    await arena.#hostNeighbour();
    arena.#before = await standingOf(parts.where);
    arena.#liveBytesBefore = await parts.where.server.liveBytes();
    return arena;
  }

  deploy(source: Source, config?: Partial<FunctionConfigDocument>): Promise<string> {
    return this.#attacks.deploy(source, config);
  }

  run(source: Source, attack?: Attack): Promise<Attacked> {
    return this.#attacks.run(source, attack);
  }

  containersOf(name: string): Promise<readonly string[]> {
    return this.#attacks.containersOf(name);
  }

  async aftermath(again?: readonly Outcome[]): Promise<void> {
    const { pulse, overheard } = this.#parts;
    await this.#attacks.runAgain(again);
    await this.#attacks.removeAll();
    await this.#untilNothingIsLeft();
    expect(await pulse.complaints('attacks')).toEqual([]);
    expect(overheard.faults()).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pulse, where, close } = this.#parts;
    try {
      await this.aftermath();
      await this.#untilPrepared();
      expect(await pulse.complaints('attacks')).toEqual([]);
      expect(await pulse.measureAlone()).toEqual([]);
      await pulse.tell(inject('canaryRecord'));
      const gainedBytes = (await where.server.liveBytes()) - this.#liveBytesBefore;
      expect(gainedBytes, 'bytes that the attacks have left in memory').toBeLessThan(mostGainedBytes);
      await this.#stop();
    } finally {
      await close();
    }
  }

  async #untilNothingIsLeft(): Promise<void> {
    const { where, settings } = this.#parts;
    let left: readonly string[] = [];
    const isClean = async (): Promise<boolean> => {
      left = leftBehind(this.#before, await standingOf(where), settings.maxPrepared);
      return left.length === 0;
    };
    await until(isClean, graceMs, 'nothing of it is left').catch((error: unknown) => {
      throw new Error(`Left behind: ${left.join(', ')}`, { cause: error });
    });
  }

  /** What every attack costs as well: deploys, containers that start and go. An innocent function's, for comparison. */
  async #hostNeighbour(): Promise<void> {
    for (const isolation of ['warm', 'fresh'] as const) {
      // Containers that were started ahead are known by their code: no two functions may have the same.
      await this.run(`export const handler = (event) => event; // ${isolation}`, { config: { isolation } });
    }
    await this.#attacks.runAgain();
    await this.#attacks.removeAll();
    await this.#untilNothingIsLeft();
    expect(await this.#parts.pulse.complaints('neighbour')).toEqual([]);
  }

  /** Containers that are being started would be in the way of a quiet moment. */
  async #untilPrepared(): Promise<void> {
    const { where, settings } = this.#parts;
    const isPrepared = async (): Promise<boolean> => {
      const waiting = (await standingOf(where)).sandboxes.filter(({ owner }) => owner === 'nobody');
      return waiting.length >= Math.min(settings.preparedPerKind, settings.maxPrepared);
    };
    await until(isPrepared, graceMs, 'containers are started ahead');
  }

  /** What is left when the server has gone as well. */
  async #stop(): Promise<void> {
    const { where, ownSecret, overheard } = this.#parts;
    expect(await where.server.stop(), 'exit code of the server').toBe(0);
    expect(overheard.faults()).toEqual([]);
    expect(await readdir(where.runDirectory)).toEqual([]);
    for (const folder of ['prepared', 'staging']) expect(await readdir(join(this.dataDirectory, folder))).toEqual([]);
    expect(await containersOfInstance(this.instanceId)).toEqual([]);
    expect(where.traces.of(where.containers.made)).toEqual([]);
    expect(await filesWith(ownSecret, this.dataDirectory), 'where the server’s environment was written to').toEqual([]);
  }
}

import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { postureDifferences } from '../sandboxes/posture.ts';
import type { EgressNames } from './egress-names.ts';
import type { GatewayFolder } from './gateway-folder.ts';
import type { GatewayReport } from './gateway-report.ts';
import { gatewaySpec } from './gateway-spec.ts';

export interface GatewayOptions {
  readonly engine: Pick<Engine, 'create' | 'start' | 'inspect' | 'wait' | 'list' | 'remove'>;
  readonly folder: GatewayFolder;
  readonly names: EgressNames;
  readonly seccompProfile: string;
  /** Id of the gateway's image. Rejects when there is none. */
  readonly image: () => Promise<string>;
}

const answerWithinMs = 4000;
const startWithinMs = 10_000;
const removeWithinMs = 20_000;

/**
 * The container that keeps the packet filter in the network namespace of the engine's machine. The filter outlives it: a gateway
 * that is gone leaves the last filter as it is, and the next one takes it over.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  /** One of an earlier run may be made from another image, and have answered questions of the same numbers. */
  #isOwn = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /**
   * Lets a gateway look whether exactly these rules are in place, and starts one if there is none that answers.
   * Rejects with the engine's errors, the image's, and an Error that says what is wrong when the rules are not in place.
   */
  async verify(rules: string): Promise<GatewayReport> {
    const { folder } = this.#options;
    await folder.setRules(rules);
    let report = this.#isOwn ? await folder.ask(answerWithinMs) : undefined;
    if (report === undefined) {
      await this.#replace();
      report = await folder.ask(startWithinMs);
    }
    if (report === undefined) throw new Error('The gateway was started and does not answer');
    if (!report.inPlace) throw new Error(`The packet filter could not be put in place: ${report.failure}`);
    return report;
  }

  /** Removes the gateway, and the filter with it. For when no sandbox has a network any more. */
  async remove(): Promise<void> {
    const { engine } = this.#options;
    await this.#removeContainers();
    const id = await this.#create('remove');
    try {
      await engine.start(id);
      const { exitCode } = await engine.wait(id, removeWithinMs);
      if (exitCode !== 0) throw new Error(`Removing the packet filter ended with exit code ${exitCode}`);
    } finally {
      await engine.remove(id);
    }
  }

  /** Whether there is a gateway, running or not, of this or of an earlier run of this server. */
  async exists(): Promise<boolean> {
    return (await this.#options.engine.list(this.#options.names.labels)).length > 0;
  }

  async #replace(): Promise<void> {
    const { engine, folder } = this.#options;
    this.#isOwn = false;
    await this.#removeContainers();
    await folder.clear();
    const id = await this.#create('guard');
    try {
      await engine.start(id);
      if (await folder.listens(startWithinMs)) {
        this.#isOwn = true;
        return;
      }
    } catch (error) {
      await engine.remove(id);
      throw error;
    }
    await engine.remove(id);
    throw new Error('The gateway ended, or did not begin to listen: its image may be damaged');
  }

  async #create(action: 'guard' | 'remove'): ReturnType<Engine['create']> {
    const { engine, folder, names, seccompProfile, image } = this.#options;
    const spec = gatewaySpec({
      name: `sraas-gateway-${randomBytes(8).toString('hex')}`,
      labels: names.labels,
      image: await image(),
      action,
      table: names.table,
      directory: folder.directory,
      seccompProfile,
    });
    const id = await engine.create(spec);
    const differences = postureDifferences(spec, await engine.inspect(id, spec));
    if (differences.length === 0) return id;
    await engine.remove(id);
    throw new Error(`The engine recorded another gateway than was asked for: ${differences.join('; ')}`);
  }

  async #removeContainers(): Promise<void> {
    const { engine, names } = this.#options;
    for (const { id } of await engine.list(names.labels)) await engine.remove(id);
  }
}

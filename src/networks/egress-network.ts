import type { NetworkEngine, RecordedNetwork } from '../engine/network-engine.ts';
import { SraasError } from '../errors.ts';
import type { Egress, NetworkAttachment } from '../sandboxes/egress.ts';
import type { EgressNames } from './egress-names.ts';
import { filterRules, type FilterPlan } from './filter-rules.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayReport } from './gateway-report.ts';

export interface EgressNetworkOptions {
  readonly networks: NetworkEngine;
  readonly gateway: Pick<Gateway, 'verify' | 'exists' | 'remove'>;
  readonly names: EgressNames;
  readonly resolverFile: string;
  readonly filter: Pick<FilterPlan, 'resolvers' | 'denied' | 'maxConnections'>;
  /** Called when the filter was seen in place after it had not been, the first time included. */
  readonly onSafe: (report: GatewayReport) => void;
  /** Called once when the filter can no longer be seen in place, with the reason. */
  readonly onUnsafe: (error: unknown) => void;
  /** Called when somebody else had changed or removed the filter, and it was put back. */
  readonly onRestored: () => void;
}

/** As long as a look at the filter counts for calls to sandboxes that run already. */
const recentMs = 4000;
const lookEveryMs = 2000;

/**
 * The way out for sandboxes with a network: one bridge of this server's own on the engine's machine, with a packet filter around it
 * that the gateway keeps. Nobody gets a network unless the filter has been seen in place; whatever cannot be seen counts as absent.
 */
export class EgressNetwork implements Egress {
  readonly #options: EgressNetworkOptions;
  #look: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #safeAt: number | undefined;
  #restored: number | undefined;
  #isSafe: boolean | undefined;
  #wasSafe = false;
  #closed = false;

  constructor(options: EgressNetworkOptions) {
    this.#options = options;
  }

  async attachment(): Promise<NetworkAttachment> {
    await this.#lookNow();
    const { names, filter, resolverFile } = this.#options;
    return { network: names.network, nameServers: filter.resolvers, resolverFile };
  }

  async confirm(): Promise<void> {
    if (this.#safeAt === undefined || performance.now() - this.#safeAt > recentMs) await this.#lookNow();
  }

  /** Makes network and filter, and looks after them from then on. Rejects when they cannot be made now; the looks go on. */
  async open(): Promise<void> {
    try {
      await this.#lookNow();
    } finally {
      this.#lookLater();
    }
  }

  /** Removes network, gateway and filter. For when no sandbox has a network any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await (this.#nextLook ?? this.#look)?.catch(() => undefined);
    // In this order: the engine refuses while somebody is attached, and then the filter stays.
    await this.#options.networks.removeNetwork(this.#options.names.network);
    if (this.#wasSafe || (await this.#options.gateway.exists())) await this.#options.gateway.remove();
  }

  /** A look that has begun already may have seen what is no longer so: those who come meanwhile share the next one. */
  #lookNow(): Promise<void> {
    if (this.#look === undefined) return this.#begin();
    this.#nextLook ??= this.#look
      .catch(() => undefined)
      .then(() => {
        this.#nextLook = undefined;
        return this.#begin();
      });
    return this.#nextLook;
  }

  #begin(): Promise<void> {
    const look = this.#verify().finally(() => {
      this.#look = undefined;
    });
    this.#look = look;
    return look;
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.#lookNow()
        .catch(() => undefined)
        .then(() => {
          this.#lookLater();
        });
    }, lookEveryMs);
    this.#timer.unref();
  }

  async #verify(): Promise<void> {
    try {
      if (this.#closed) throw new Error('The server stops');
      const began = performance.now();
      const { subnet } = await this.#ensureNetwork();
      const { table, bridge } = this.#options.names;
      const report = await this.#options.gateway.verify(
        filterRules({ ...this.#options.filter, table, bridge, subnet }),
      );
      this.#safeAt = began;
      this.#tell(report);
    } catch (error) {
      this.#safeAt = undefined;
      if (this.#isSafe !== false && !this.#closed) this.#options.onUnsafe(error);
      this.#isSafe = false;
      throw unavailable(error);
    }
  }

  #tell(report: GatewayReport): void {
    if (this.#isSafe !== true) this.#options.onSafe(report);
    this.#isSafe = this.#wasSafe = true;
    // A gateway that was started anew counts from the beginning.
    if (this.#restored !== undefined && report.restored > this.#restored) this.#options.onRestored();
    this.#restored = report.restored;
  }

  async #ensureNetwork(): Promise<RecordedNetwork> {
    const { networks, names } = this.#options;
    const found = (await networks.findNetwork(names.network)) ?? (await this.#makeNetwork());
    const isOurs = found.labels['sraas.instance'] === names.labels['sraas.instance'] && found.bridge === names.bridge;
    if (!isOurs || found.unexpected.length > 0 || !/^[\d.]+\/\d+$/.test(found.subnet)) {
      throw new Error(
        `The engine's network ${names.network} is not as it was asked for (${found.unexpected.join(', ') || 'labels, bridge or addresses'}): ` +
          `remove it with \`docker network rm ${names.network}\``,
      );
    }
    return found;
  }

  async #makeNetwork(): Promise<RecordedNetwork> {
    const { networks, names } = this.#options;
    await networks.createNetwork({ name: names.network, labels: names.labels, bridge: names.bridge });
    const made = await networks.findNetwork(names.network);
    if (made === undefined) throw new Error(`The network ${names.network} was removed as soon as it was made`);
    return made;
  }
}

function unavailable(cause: unknown): SraasError {
  // What an operator can mend by a command is said in its own words.
  if (cause instanceof SraasError && cause.code === 'RUNTIME_NOT_READY') {
    return new SraasError('EGRESS_UNAVAILABLE', cause.message, { cause });
  }
  return new SraasError(
    'EGRESS_UNAVAILABLE',
    'The packet filter around functions with a network could not be seen in place; try again shortly, the server log has the reason.',
    { cause, retryAfterSeconds: 5 },
  );
}

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { docker } from './containers.ts';

/** Follows the containers of one server by what the engine itself tells, so that none is too short-lived to be counted. */
export class ContainerEvents {
  readonly #stream: Readable;
  readonly #made = new Set<string>();
  readonly #alive = new Set<string>();
  readonly #gone = new Set<string>();
  #most = 0;

  private constructor(stream: Readable) {
    this.#stream = stream;
    createInterface({ input: stream }).on('line', (line) => {
      const { id, status } = JSON.parse(line) as { readonly id: string; readonly status: 'create' | 'destroy' };
      if (status === 'create') this.#add(id);
      else {
        this.#alive.delete(id);
        this.#gone.add(id);
      }
    });
  }

  static async follow(instanceId: string): Promise<ContainerEvents> {
    const filters = { type: ['container'], event: ['create', 'destroy'], label: [`sraas.instance=${instanceId}`] };
    // Its types say that there is no filter by label.
    const stream: NodeJS.ReadableStream = await docker.getEvents({ filters: JSON.stringify(filters) as never });
    const events = new ContainerEvents(stream as Readable);
    // Those that were there before; one of them may have gone since the engine was asked.
    const found = await docker.listContainers({ all: true, filters: { label: filters.label } });
    for (const { Id: id } of found) if (!events.#gone.has(id)) events.#add(id);
    return events;
  }

  /** Ids of all that there were. */
  get made(): ReadonlySet<string> {
    return this.#made;
  }

  /** How many of them there were at most at one moment, those that were being started or removed among them. */
  get most(): number {
    return this.#most;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  #add(id: string): void {
    this.#made.add(id);
    this.#alive.add(id);
    this.#most = Math.max(this.#most, this.#alive.size);
  }
}

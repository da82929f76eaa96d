import { readFile } from 'node:fs/promises';
import type { WatchedServer } from '../../support/watched-server.ts';

interface Sample {
  readonly calls: number;
  /** In use after a collection of garbage. */
  readonly liveMb: number;
  /** As the kernel counts the process. */
  readonly residentMb: number;
}

/** How a server's memory goes with the calls that it has had. */
export class MemorySamples {
  readonly #server: WatchedServer;
  readonly #samples: Sample[] = [];

  constructor(server: WatchedServer) {
    this.#server = server;
  }

  async take(calls: number): Promise<void> {
    const liveMb = (await this.#server.liveBytes()) / 1e6;
    const status = await readFile(`/proc/${this.#server.processId}/status`, 'utf8');
    const residentMb = (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6;
    this.#samples.push({ calls, liveMb, residentMb });
  }

  /** Megabytes that a thousand calls add, by the line that lies nearest to all samples (least squares). */
  slope(of: 'liveMb' | 'residentMb'): number {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const meanCalls = mean(this.#samples.map(({ calls }) => calls));
    const meanMb = mean(this.#samples.map((sample) => sample[of]));
    let together = 0;
    let spread = 0;
    for (const sample of this.#samples) {
      together += (sample.calls - meanCalls) * (sample[of] - meanMb);
      spread += (sample.calls - meanCalls) ** 2;
    }
    return (together / spread) * 1000;
  }

  toString(): string {
    return this.#samples
      .map(({ calls, liveMb, residentMb }) => `${liveMb.toFixed(1)} of ${Math.round(residentMb)} MB at ${calls}`)
      .join(', ');
  }
}

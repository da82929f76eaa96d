import { companies, type Company, quantile, recordCanary } from './canary-record.ts';
import type { Pulse } from './pulse.ts';

/** Calls before the first attack, and again after the last one, with nobody else on the server. */
const callsAlone = 3;

/** Sorts what the pulse measures by what else went on meanwhile. */
export class MeasuredPulse {
  readonly #pulse: Pulse;
  readonly #latenciesMs: Record<Company, number[]> = { alone: [], neighbour: [], attacks: [] };

  constructor(pulse: Pulse) {
    this.#pulse = pulse;
  }

  /** To be called when nobody else has work for the server, with nothing left to ask for. Resolves with what was wrong. */
  measureAlone(): Promise<readonly string[]> {
    return this.complaints('alone', callsAlone);
  }

  /**
   * What was wrong since the last time of asking; calls that are under way are waited for.
   *
   * @param company What went on since then.
   * @param calls How many more calls are made before.
   */
  async complaints(company: Company, calls = 0): Promise<readonly string[]> {
    const report = await this.#pulse.report(calls);
    this.#latenciesMs[company].push(...report.latenciesMs);
    return report.complaints;
  }

  /** Prints a line, and writes the figures down for the summary of the run if somebody makes one. */
  async tell(recordDirectory: string | undefined): Promise<void> {
    const parts = companies.map((company) => {
      const samples = this.#latenciesMs[company];
      return `${company} ${quantile(samples, 0.99).toFixed(1)} ms of ${samples.length}`;
    });
    console.info(`canary p99: ${parts.join(', ')}`);
    if (recordDirectory !== undefined) await recordCanary(recordDirectory, this.#latenciesMs);
  }
}

import { Registry } from './prom-client.ts';
import { CallMeter } from './call-meter.ts';
import { processMetrics } from './process-metrics.ts';
import { textOf, textType, type MetricSnapshot } from './snapshot.ts';

/** What a scrape can be answered with. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** The metrics of this process. */
export class Metrics {
  /** For what is to be read at a scrape. */
  readonly registry = new Registry();
  readonly calls = new CallMeter(this.registry);
  #scraping: Promise<MetricsText> | undefined;

  constructor() {
    processMetrics(this.registry);
  }

  async snapshot(): Promise<MetricSnapshot> {
    this.calls.flush();
    return await this.registry.getMetricsAsJSON();
  }

  /**
   * All metrics as text. Who asks while an answer is being made gets that one: no number of scrapers has the engine or the store
   * asked twice at a time.
   * @param elsewhere what other processes of this server tell.
   */
  scrape(elsewhere: () => Promise<readonly MetricSnapshot[]>): Promise<MetricsText> {
    this.#scraping ??= this.#scrape(elsewhere).finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  }

  async #scrape(elsewhere: () => Promise<readonly MetricSnapshot[]>): Promise<MetricsText> {
    const [own, others] = await Promise.all([this.snapshot(), elsewhere()]);
    return { contentType: textType, text: await textOf([own, ...others]) };
  }
}

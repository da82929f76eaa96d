import { Counter, Gauge, type Registry } from './prom-client.ts';

type Soon<Value> = Value | Promise<Value>;

interface Reading<Value> {
  readonly name: string;
  readonly help: string;
  /** Asked at each scrape. What it fails to tell, or not within the time, is left out of that scrape. */
  readonly read: () => Soon<Value | undefined>;
}

/** A scraper gives up after ten seconds by default: one thing that hangs is not to cost it all the others. */
const withinMs = 2000;

/** Declares a gauge whose value is there to be looked at. */
export function readGauge(registry: Registry, { name, help, read }: Reading<number>): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: async () => {
      const value = await readInTime(read);
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    },
  });
}

/** The same for one with a label: a value for each word of ours that it may have. */
export function readGaugeBy<Word extends string>(
  registry: Registry,
  { name, help, label, read }: Reading<Readonly<Record<Word, number>>> & { readonly label: string },
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect: async () => {
      const values = await readInTime(read);
      gauge.reset();
      for (const [word, value] of Object.entries<number>(values ?? {})) gauge.set({ [label]: word }, value);
    },
  });
}

/** Declares a counter of what is counted elsewhere. */
export function readCounter(registry: Registry, { name, help, read }: Reading<number>): void {
  const counter = new Counter({
    name,
    help,
    registers: [registry],
    collect: async () => {
      const total = await readInTime(read);
      if (total === undefined) return;
      counter.reset();
      counter.inc(total);
    },
  });
}

async function readInTime<Value>(read: () => Soon<Value | undefined>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, withinMs, undefined);
  });
  try {
    return await Promise.race([read(), tooLate]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

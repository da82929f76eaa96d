import { setTimeout as delay } from 'node:timers/promises';
import type { Figures } from '../bench-case.ts';
import { median } from '../load/quantile.ts';

/**
 * The median of some times, one sample after the other, in milliseconds. Each begins on an idle machine: what a sample leaves to be
 * removed, or to be prepared for the next one, is done by then.
 */
export async function medianTime(samples: number, restMs: number, timeOf: () => Promise<number>): Promise<number> {
  const timesMs: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await delay(restMs);
    timesMs.push(await timeOf());
  }
  return median(timesMs);
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One figure for each of some subjects, one after the other. */
export async function figuresOf<T>(
  subjects: readonly T[],
  nameOf: (subject: T) => string,
  figureOf: (subject: T) => Promise<number>,
): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const subject of subjects) figures[nameOf(subject)] = await figureOf(subject);
  return figures;
}

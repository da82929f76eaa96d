import { isDeepStrictEqual } from 'node:util';
import type { ContainerSpec, RecordedContainer } from '../engine/container.ts';

/**
 * Compares what the engine recorded with what was asked for, and names every difference. Catches engine defaults, plug-ins
 * that rewrite requests, and images that bring settings of their own.
 */
export function postureDifferences(asked: ContainerSpec, recorded: RecordedContainer): readonly string[] {
  const differences = (Object.keys(asked) as (keyof ContainerSpec)[])
    .filter((field) => !isDeepStrictEqual(canonical(field, asked[field]), canonical(field, recorded.spec[field])))
    .map((field) => `${field}: asked ${brief(asked[field])}, recorded ${brief(recorded.spec[field])}`);
  return [...differences, ...recorded.unexpected.map((setting) => `unexpected ${setting}`)];
}

/** The engine keeps no order in maps, nor in the lists that come from maps. */
function canonical(field: keyof ContainerSpec, value: unknown): unknown {
  if (Array.isArray(value) && field !== 'command') return value.map((item) => JSON.stringify(item)).sort();
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
  }
  return value;
}

function brief(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

import { isArray, keysOf, OriginalSet, stringifyJson } from './originals.ts';

interface Level {
  readonly value: object;
  readonly keys: readonly string[] | undefined;
  readonly length: number;
  next: number;
  key: string;
}

interface SearchOptions {
  /** Whether to take great depth for the reason; JSON.stringify has no other way to say so than a RangeError. */
  readonly reportDepth: boolean;
}

const maxVisits = 200_000;
// Far below what JSON.stringify can follow with the stack that Node has by default.
const deepLevels = 1000;
const maxPathKeys = 12;
const tooDeep = 'it has more levels of objects and arrays in each other than JSON.stringify can follow.';

/**
 * Looks for what kept JSON.stringify from turning a value into text: a BigInt, a reference back to an object that contains
 * it, or great depth. One sentence that says where it is, or undefined when the reason is another or the search too long.
 */
export function findUnserializable(root: unknown, options: SearchOptions): string | undefined {
  try {
    return search(root, options);
  } catch {
    return undefined;
  }
}

function search(root: unknown, { reportDepth }: SearchOptions): string | undefined {
  const levels: Level[] = [];
  const containers = new OriginalSet<object>();
  let value = root;
  for (let visits = 0; visits < maxVisits; visits += 1) {
    if (typeof value === 'bigint') return `${pathOf(levels)} is a BigInt. Convert it to a string or a number.`;
    if (typeof value === 'object' && value !== null && !hasToJson(value)) {
      if (containers.has(value)) {
        const container = levels.findIndex((level) => level.value === value);
        return `${pathOf(levels)} refers back to ${pathOf(levels.slice(0, container))}.`;
      }
      if (levels.length > deepLevels) return reportDepth ? tooDeep : undefined;
      levels.push(levelOf(value));
      containers.add(value);
    }
    let level = levels[levels.length - 1];
    while (level !== undefined && level.next >= level.length) {
      levels.pop();
      containers.delete(level.value);
      level = levels[levels.length - 1];
    }
    if (level === undefined) return undefined;
    level.key = level.keys === undefined ? String(level.next) : (level.keys[level.next] ?? '');
    level.next += 1;
    value = (level.value as Readonly<Record<string, unknown>>)[level.key];
  }
  return undefined;
}

function levelOf(value: object): Level {
  if (isArray(value)) return { value, keys: undefined, length: value.length, next: 0, key: '' };
  const keys = keysOf(value);
  return { value, keys, length: keys.length, next: 0, key: '' };
}

function hasToJson(value: object): boolean {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';
}

function pathOf(levels: readonly Level[]): string {
  const steps = levels.map((level) => {
    if (level.keys === undefined) return `[${level.key}]`;
    return /^[A-Za-z_$][\w$]*$/.test(level.key) ? `.${level.key}` : `[${stringifyJson(level.key) ?? ''}]`;
  });
  const shown = steps.length > maxPathKeys ? [...steps.slice(0, maxPathKeys), ' …'] : steps;
  return `result${shown.join('')}`;
}

import { isObject } from '../documents/json-object.ts';
import type { Entry } from './folder/default-handler.ts';

/** The flags of `deploy` that are configuration. */
export interface ConfigFlags {
  readonly runtime?: string;
  readonly handler?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
  readonly memoryMb?: number;
  readonly timeoutMs?: number;
  readonly cpus?: number;
  readonly pids?: number;
  readonly tmpMb?: number;
  readonly dependencies?: string;
  readonly isolation?: string;
  readonly history?: string;
  readonly max?: number;
  readonly warmMin?: number;
  readonly description?: string;
  readonly label?: Readonly<Record<string, string>>;
}

type Document = Readonly<Record<string, unknown>>;

/** A function's configuration on the wire: the file's, with the flags laid over it member by member. */
export function configDocument(file: Document, flags: ConfigFlags, entry: Partial<Entry>): Document {
  const limits = {
    memory_mb: flags.memoryMb,
    timeout_ms: flags.timeoutMs,
    cpus: flags.cpus,
    pids: flags.pids,
    tmp_mb: flags.tmpMb,
  };
  return {
    ...file,
    ...given({
      dependencies: flags.dependencies,
      isolation: flags.isolation,
      history: flags.history,
      description: flags.description,
    }),
    ...laidOver(file, 'limits', limits),
    ...laidOver(file, 'concurrency', { max: flags.max, warm_min: flags.warmMin }),
    ...laidOver(file, 'env', flags.env ?? {}),
    ...laidOver(file, 'secrets', flags.secret ?? {}),
    ...laidOver(file, 'labels', flags.label ?? {}),
    ...entry,
  };
}

function laidOver(file: Document, member: string, flags: Document): Document {
  const present = given(flags);
  if (Object.keys(present).length === 0) return {};
  const base = file[member];
  // Anything but an object is wrong, and the server's to refuse in its own words.
  if (base !== undefined && !isObject(base)) return {};
  return { [member]: { ...base, ...present } };
}

function given(members: Document): Document {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

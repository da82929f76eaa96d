import { Connection } from './connection.ts';
import { quantile } from './quantile.ts';

/** One of the calls that a load consists of. */
export interface Call {
  /** POST when left out. */
  readonly method?: 'POST' | 'PUT';
  readonly path: string;
  readonly body: string;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  /** Ends when the time is up; without one, by `count` alone. */
  readonly durationMs?: number;
  /** Ends when so many calls have been made. */
  readonly count?: number;
  /** Made in turn, again and again. */
  readonly calls: readonly Call[];
  /** Throws when a reply is not the one to this body: a fast wrong answer is worth nothing. */
  readonly check: (reply: string, body: string) => void;
}

/** What a load came to. */
export interface Driven extends Readonly<Record<string, number>> {
  readonly 'calls a second': number;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
}

/** One reply of so many has its body checked. */
const checkedOf = 64;

/**
 * Keeps `connections` calls under way, each on a connection of its own, one behind the other, until the time is up or
 * enough have been made. Every reply
 * is read whole; every status and length, and one body in 64, is checked.
 */
export async function drive({
  url,
  connections,
  durationMs = Infinity,
  count = Infinity,
  calls,
  check,
}: Load): Promise<Driven> {
  const requests = calls.map((call) => ({ ...call, bytes: requestOf(url, call) }));
  const latenciesMs: number[] = [];
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(new URL(url))));
  const began = performance.now();
  const end = began + durationMs;
  let sent = 0;
  const caller = async (connection: Connection): Promise<void> => {
    let now = performance.now();
    while (now < end && sent < count) {
      const n = sent++;
      const request = requests[n % requests.length];
      if (request === undefined) throw new Error('A load without calls');
      const checked = n % checkedOf === 0;
      const reply = await connection.call(request.bytes, checked);
      const repliedAt = performance.now();
      latenciesMs.push(repliedAt - now);
      if (reply !== undefined) check(reply, request.body);
      now = checked ? performance.now() : repliedAt;
    }
  };
  try {
    await Promise.all(open.map(caller));
    const seconds = (performance.now() - began) / 1000;
    latenciesMs.sort((a, b) => a - b);
    return {
      'calls a second': latenciesMs.length / seconds,
      'p50 ms': quantile(latenciesMs, 0.5),
      'p99 ms': quantile(latenciesMs, 0.99),
    };
  } finally {
    for (const connection of open) connection[Symbol.dispose]();
  }
}

export function requestOf(url: string, { method = 'POST', path, body }: Call): Buffer {
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

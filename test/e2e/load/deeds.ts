import type { InvokeReply } from '../../../src/wire/invoke.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';

/** One thing that a handler can be told to do, good or bad, and the one reply that is right then. */
export interface Deed {
  readonly name: string;
  /** How often, by comparison with the others. Those that cost a container are rare: an engine starts a few a second. */
  readonly weight: number;
  /** What the handler does; `nonce` and `by` are there, and `id`, its request's. */
  readonly source: string;
  readonly outcome: Outcome;
  readonly result?: (nonce: string, by: number) => unknown;
  readonly logs?: (nonce: string, by: number) => string;
  /** What the error has to speak of; its own nonce where it has one. */
  readonly error?: (nonce: string) => string;
  readonly truncated?: boolean;
}

export const logBytes = 10_000;
export const resultBytes = 10_000;

const never = 'return new Promise(() => {})';

export const deeds: readonly Deed[] = [
  {
    name: 'echo',
    weight: 800,
    source: 'console.log(by, nonce); return { nonce, by }',
    outcome: 'ok',
    result: (nonce, by) => ({ nonce, by }),
    logs: (nonce, by) => `${by} ${nonce}\n`,
  },
  {
    name: 'throws',
    weight: 60,
    source: 'console.log(nonce); throw new Error(nonce)',
    outcome: 'handler_error',
    logs: (nonce) => `${nonce}\n`,
    error: (nonce) => `Error: ${nonce}`,
  },
  {
    name: 'rejects',
    weight: 40,
    source: 'await null; return Promise.reject(new TypeError(nonce))',
    outcome: 'handler_error',
    error: (nonce) => `TypeError: ${nonce}`,
  },
  { name: 'returns a BigInt', weight: 30, source: 'return 1n', outcome: 'bad_result', error: () => 'BigInt' },
  {
    name: 'returns too much',
    weight: 20,
    source: `return 'x'.repeat(${resultBytes})`,
    outcome: 'output_too_large',
    error: () => `${resultBytes}`,
  },
  {
    name: 'floods',
    weight: 15,
    source: `for (let i = 0; i < 400; i++) console.log(nonce.padEnd(100, '.')); return nonce`,
    outcome: 'ok',
    result: (nonce) => nonce,
    truncated: true,
  },
  {
    name: 'exits',
    weight: 6,
    source: 'console.log(nonce); process.exit(3)',
    outcome: 'exited',
    logs: (nonce) => `${nonce}\n`,
    error: () => 'exit',
  },
  {
    name: 'kills itself',
    weight: 5,
    source: `process.kill(process.pid, 'SIGKILL'); ${never}`,
    outcome: 'exited',
    error: () => 'SIGKILL',
  },
  { name: 'loops', weight: 2, source: 'for (;;);', outcome: 'timeout', error: () => 'timed out' },
  {
    name: 'never settles',
    weight: 2,
    source: `console.log(nonce); ${never}`,
    outcome: 'timeout',
    logs: (nonce) => `${nonce}\n`,
    error: () => 'timed out',
  },
  {
    name: 'takes all memory',
    weight: 3,
    source: 'const taken = []; for (;;) taken.push(Buffer.alloc(1 << 23, 1))',
    outcome: 'out_of_memory',
    error: () => 'memory',
  },
  {
    name: 'answers for another',
    weight: 5,
    source: `send(result(id.replace(/^./, (digit) => digit === '0' ? '1' : '0'), '"stolen"')); ${never}`,
    outcome: 'protocol_violation',
    error: () => 'protocol',
  },
  {
    name: 'sends a frame of the host',
    weight: 3,
    source: `send(frame('init', { protocol: 1 })); ${never}`,
    outcome: 'protocol_violation',
    error: () => 'protocol',
  },
  {
    name: 'leaves a timer',
    weight: 6,
    source: `setTimeout(() => console.log('late', nonce), 60_000); return nonce`,
    outcome: 'ok',
    result: (nonce) => nonce,
  },
];

/** The source of a handler that does what its event tells it to. */
export function handlerSource(by: number): string {
  const table = deeds
    .map(({ name, source }) => `${JSON.stringify(name)}: async (nonce, id) => { ${source} }`)
    .join(',\n');
  return `import { frame, result, send } from './forge.mjs';
    const by = ${by}; const deeds = { ${table} };
    export const handler = ({ deed, nonce }, { request_id }) => deeds[deed](nonce, request_id)`;
}

/** What is wrong with a reply; undefined when it is the right one. */
export function wrongWith(deed: Deed, nonce: string, by: number, reply: InvokeReply): string | undefined {
  const { result, logs, error, invocation } = reply;
  const wanted = {
    outcome: deed.outcome,
    result: deed.result?.(nonce, by) ?? null,
    logs: deed.truncated === true ? 'cut' : (deed.logs?.(nonce, by) ?? ''),
    error: deed.error === undefined ? null : 'told',
    truncated: deed.truncated ?? false,
  };
  const found = {
    outcome: invocation.outcome,
    result,
    logs: deed.truncated === true && isFloodOf(nonce, logs) ? 'cut' : logs,
    error: error !== null && deed.error !== undefined && error.includes(deed.error(nonce)) ? 'told' : error,
    truncated: invocation.logs_truncated,
  };
  return JSON.stringify(found) === JSON.stringify(wanted) ? undefined : `${deed.name}: ${JSON.stringify(found)}`;
}

function isFloodOf(nonce: string, logs: string): boolean {
  const lines = logs.split('\n');
  return lines[0] === nonce.padEnd(100, '.') && new Set(lines.slice(0, Math.floor(logBytes / 101))).size === 1;
}

// PR-43, 44, 46, 47, 49, 50, 52, 53, 55, 56, 58, 59: results that are no JSON, hardly JSON, endless or enormous.
// Barrier: the shim encodes with the originals and counts; the host has the cap, the timer and the memory limit. Expected: what
// JSON.stringify says for what it can say; bad_result, output_too_large, timeout or out_of_memory for the rest; never a hang.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Outcome } from '../../src/wire/outcome.ts';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

/** Deploys a handler that makes its result by one expression, which may use `e`, the event. */
const making = (expression: string, limits = {}): Promise<string> =>
  arena.deploy(`export const handler = async (e) => { ${expression} }`, { limits });

async function rawReply(name: string, eventJson: string): Promise<string> {
  const response = await fetch(`${arena.url}/functions/${name}/invoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"version":"v1","event":${eventJson}}`,
  });
  return response.text();
}

const values: readonly (readonly [title: string, expression: string, json: string])[] = [
  ['PR-43: undefined', 'return undefined', 'null'],
  [
    'PR-43: undefined, a function and a symbol as members',
    'return { a: undefined, b: () => 1, c: Symbol(), d: [undefined, () => 1] }',
    '{"d":[null,null]}',
  ],
  ['PR-44: numbers that JSON has not', 'return [NaN, Infinity, -Infinity, -0, 1e400]', '[null,null,null,0,null]'],
  [
    'PR-47: dates and errors',
    'return [new Date(0), new Date(NaN), new Error("e")]',
    '["1970-01-01T00:00:00.000Z",null,{}]',
  ],
  ['PR-49: a toJSON that returns its object', 'return { a: 1, toJSON() { return this } }', '{"a":1}'],
  [
    'PR-50: a getter that changes between reads',
    'let n = 0; const o = { get a() { return ++n } }; return [o, o]',
    '[{"a":1},{"a":2}]',
  ],
  ['PR-55: a class with private state', 'return new (class A { #secret = 1; open = this.#secret })', '{"open":1}'],
  [
    'PR-55: maps, sets and typed arrays',
    'return [new Map([[1, 2]]), new Set([1]), new Uint8Array(2)]',
    '[{},{},{"0":0,"1":0}]',
  ],
  [
    'PR-55: a Response and an async iterator',
    'return [new Response("text"), (async function* () { yield 1 })()]',
    '[{},{}]',
  ],
  [
    'PR-55: promises nested 10,000 deep',
    'let p = Promise.resolve(1); for (let i = 0; i < 10_000; i++) { const q = p; p = { then: (f) => f(q) } } return p',
    '1',
  ],
  [
    'PR-58: lone surrogates',
    'return ["\\ud800", { "\\udfff": 1 }, "\\ud83d\\ude00"]',
    '["\\ud800",{"\\udfff":1},"😀"]',
  ],
  ['PR-59: NUL in texts and keys', 'return { "a\\0b": "\\0" }', '{"a\\u0000b":"\\u0000"}'],
];

it.each(values)('%s: ok, as JSON.stringify has it', async (_title, expression, json) => {
  const reply = await rawReply(await making(expression), '{}');
  expect(reply.slice(0, reply.indexOf(',"logs":'))).toBe(`{"result":${json}`);
});

it('PR-56, 58, 59: an event reaches the handler as JSON.parse has it: large whole numbers lose digits, texts lose nothing', async () => {
  const name = await making('return e');
  const event = '{"n":[9007199254740993,1.0,1E2,1e400,-0],"s":["\\ud800","\\u0000","\\u2028"],"k\\u0000":1}';
  expect(await rawReply(name, event)).toContain(
    '{"result":{"n":[9007199254740992,1,100,null,0],"s":["\\ud800","\\u0000","\u2028"],"k\\u0000":1},"logs":',
  );
});

const refused: readonly (readonly [title: string, expression: string, ...outcomes: Outcome[]])[] = [
  ['PR-43: a function', 'return () => 1', 'bad_result'],
  ['PR-43: a symbol', 'return Symbol("s")', 'bad_result'],
  ['PR-46: a cycle', 'const a = {}; a.a = { b: [a] }; return a', 'bad_result'],
  ['PR-46: a BigInt', 'return [{ n: 1n }]', 'bad_result'],
  ['PR-49: a toJSON that throws', 'return { toJSON() { throw null } }', 'bad_result'],
  [
    'PR-49: a toJSON that makes more of itself',
    'return (function again() { return { toJSON: () => ({ a: again() }) } })()',
    'bad_result',
  ],
  ['PR-49: a toJSON that never ends', 'return { toJSON() { for (;;); } }', 'timeout'],
  [
    'PR-49: a toJSON that returns half a gigabyte',
    'return { toJSON: () => "x".repeat(2 ** 29 - 30) }',
    'output_too_large',
    'out_of_memory',
    'timeout',
  ],
  ['PR-50: a getter that throws', 'return { get a() { throw new Error("no") } }', 'bad_result'],
  ['PR-50: a getter that never ends', 'return { get a() { for (;;); } }', 'timeout'],
  [
    'PR-50: a proxy with keys without end',
    'return new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, i) => "k" + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) })',
    'output_too_large',
    'out_of_memory',
    'timeout',
  ],
  [
    'PR-52: an array of 2^32 - 1 holes',
    'return new Array(2 ** 32 - 1)',
    'output_too_large',
    'out_of_memory',
    'timeout',
  ],
  [
    'PR-53: a text of half a gigabyte',
    'return "x".repeat(2 ** 29 - 30)',
    'output_too_large',
    'out_of_memory',
    'timeout',
  ],
  ['PR-55: arrays nested 100,000 deep', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', 'bad_result'],
];

it.each(refused)('%s is refused', async (_title, expression, ...outcomes) => {
  const name = await making(expression, { timeout_ms: 2500, memory_mb: 128, tmp_mb: 8, result_bytes: 1_000_000 });
  const reply = await arena.client.invoke(name);
  expect(outcomes).toContain(reply.invocation.outcome);
  expect(reply.result).toBeNull();
  expect(reply.error).toMatch(/./);
});

it('PR-53: a result of the limit passes, one byte more is output_too_large', async () => {
  const name = await making('return "é".repeat(e.n) + "x".repeat(e.x)', { result_bytes: 2000 });
  expect((await arena.client.invoke(name, { event: { n: 999, x: 0 } })).invocation.outcome).toBe('ok');
  const reply = await arena.client.invoke(name, { event: { n: 999, x: 1 } });
  expect(reply).toMatchObject({ result: null, invocation: { outcome: 'output_too_large', cold_start: false } });
});

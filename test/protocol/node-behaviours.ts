import type { Behaviour } from './behaviour.ts';
import { badResult, failsToLoad, handlerError, leavesBehind, ok, one, replaces } from './behaviour.ts';

const tooManyCharacters = /longer than a string can be; the limit is 6000000 bytes/;

const results: readonly Behaviour[] = [
  one('follows thenables to the innermost value', 'returns-thenable', { event: 'nested', ends: ok('innermost') }),
  one('takes the first answer of a thenable', 'returns-thenable', { event: 'both callbacks', ends: ok('first') }),
  one('fails when then cannot be read', 'returns-thenable', {
    event: 'getter throws',
    ends: handlerError(/no then for you/),
  }),
  one('takes the result from a callback', 'calls-back', { event: 'result', ends: ok('called back') }),
  one('takes the error from a callback', 'calls-back', {
    event: 'error',
    ends: handlerError(/^TypeError: called back with an error/),
  }),
  one('takes a callback at once', 'calls-back', { event: 'at once', ends: ok('at once') }),
  one('takes the first of several callbacks', 'calls-back', { event: 'twice', ends: ok('first') }),
  one('prefers a promise to a callback', 'calls-back', { event: 'promise', ends: ok('from the promise') }),
  one('prefers a promise to an error in a callback', 'calls-back', {
    event: 'error and promise',
    ends: ok('from the promise'),
  }),
  one('fails when a callback-style handler throws', 'calls-back', {
    event: 'throws',
    ends: handlerError(/before any callback/),
  }),
  one('finds a handler behind a top-level await', 'awaits-at-top', { ends: ok('hello') }),
  one('refuses a BigInt and says where it is', 'returns-odd-value', {
    event: 'bigint',
    ends: badResult(/result\.totals\[1\]\.sum is a BigInt/),
  }),
  one('refuses a BigInt as the result', 'returns-odd-value', {
    event: 'top bigint',
    ends: badResult(/result is a BigInt/),
  }),
  one('refuses a symbol as the result', 'returns-odd-value', { event: 'symbol', ends: badResult(/symbol/) }),
  one('tells what toJSON threw', 'returns-odd-value', {
    event: 'toJSON throws',
    ends: badResult(/RangeError: not today\n[^]*returns-odd-value\.mjs/),
  }),
  one('refuses a toJSON without an end', 'returns-odd-value', { event: 'toJSON recurses', ends: badResult(/stack/) }),
  one('tells what a getter threw', 'returns-odd-value', { event: 'getter throws', ends: badResult(/no total/) }),
  one('refuses a result longer than any string', 'returns-odd-value', {
    event: 'too many',
    ends: { status: 'output_too_large', error: tooManyCharacters },
  }),
  one('writes numbers as JSON does', 'returns-odd-value', { event: 'numbers', ends: ok([null, null, 0, 1e21, 0.1]) }),
  one('writes dates as JSON does', 'returns-odd-value', {
    event: 'dates',
    ends: ok(['1970-01-01T00:00:00.000Z', null]),
  }),
  one('leaves out what JSON leaves out', 'returns-odd-value', { event: 'skipped members', ends: ok({ kept: 1 }) }),
  one('keeps a member named `__proto__`', 'returns-odd-value', {
    event: 'proto key',
    ends: ok(JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":1}}')),
  }),
  one('writes an error as JSON does', 'returns-odd-value', { event: 'error', ends: ok({}) }),
  one('writes an instance as JSON does', 'returns-odd-value', { event: 'class instance', ends: ok({ x: 1 }) }),
  one('keeps null', 'returns-odd-value', { event: 'null', ends: ok(null) }),
  one('makes null of a toJSON without a result', 'returns-odd-value', { event: 'toJSON undefined', ends: ok(null) }),
];

const errors: readonly Behaviour[] = [
  one('tells where an asynchronous handler failed', 'rejects', {
    ends: handlerError(/^Error: rejected inside\n\s+at inner [^\n]*rejects\.mjs:3[^\n]*\n[^]*rejects\.mjs:7[^\n]*$/),
  }),
  one('leaves the frames of shim and Node out', 'throws', {
    event: 'error',
    ends: handlerError(/^(?!.*(?:shim\.cjs|node:internal))/s),
  }),
  ...(
    [
      ['object', /not an Error.*E_PLAIN/],
      ['null', /not an Error.*null/],
      ['undefined', /not an Error.*undefined/],
      ['text', /not an Error.*'just text'/],
      ['empty text', /not an Error.*''/],
      ['zero', /not an Error.*0/],
      ['symbol', /not an Error.*Symbol\(sign\)/],
      ['bigint', /not an Error.*12n/],
      ['function', /not an Error.*Function: thrown/],
      ['frozen', /^Error: frozen\n/],
      ['proxy', /not an Error/],
      ['proxied error', /./],
      ['getters', /^Error/],
      ['no prototype', /not an Error.*null prototype/],
      ['changed message', /^RenamedError: after\n\s+at .*throws\.mjs/],
      ['custom inspect', /not an Error/],
    ] as const
  ).map(([event, error]) => one(`describes what was thrown: ${event}`, 'throws', { event, ends: handlerError(error) })),
  one('ends the call at a rejection that nobody handles', 'fails-beside', {
    event: 'rejection while waiting',
    ends: handlerError(/nobody handles this/),
    reusable: false,
  }),
  one('fails a call that left a rejection and returned', 'fails-beside', {
    event: 'rejection and result',
    ends: handlerError(/nobody handles this either/),
    reusable: false,
  }),
  one('ends the call at an exception in a timer', 'fails-beside', {
    event: 'exception in a timer',
    ends: handlerError(/thrown in a timer\n[^]*fails-beside\.mjs/),
    reusable: false,
  }),
  one('ends the call at a null thrown in a tick', 'fails-beside', {
    event: 'null in a tick',
    ends: handlerError(/not an Error.*null/),
    reusable: false,
  }),
  one('lets the handler see uncaught exceptions too', 'adds-listeners', {
    ends: handlerError(/thrown beside/),
    reusable: false,
    logs: 'seen by the handler too\n',
  }),
  one('lets the handler end the process later', 'ends-process', { event: 'aborts later', ends: { exitCode: 5 } }),
  one('tells stacks through source maps', 'compiled', { ends: handlerError(/greeter\.ts:6/) }),
].map((behaviour) =>
  behaviour.handler === 'compiled'
    ? { ...behaviour, init: { entry: { file: 'compiled.mjs', export: 'handler', source_maps: true } } }
    : behaviour,
);

const output: readonly Behaviour[] = [
  one('logs what a worker thread writes', 'logs-in-worker', {
    ends: ok(null),
    logs: /^(?=[^]*from a worker\n)(?=[^]*and its stderr\n)/,
  }),
];

const loading: readonly Behaviour[] = [
  {
    ...failsToLoad(
      'says that an export is not a function',
      'exports-others',
      /handler2 of .* is a number, not a function/,
    ),
    exportName: 'handler2',
  },
  failsToLoad('says that a module exports nothing', 'exports-nothing', /It exports nothing\./),
  failsToLoad(
    'tells the place of a syntax error in a .js',
    'syntax-error-in-script.js',
    /syntax-error-in-script\.js:4\n/,
  ),
  failsToLoad('tells the place of a syntax error in CommonJS', 'syntax-error.cjs', /syntax-error\.cjs:2\n/),
  failsToLoad('tells the place of a syntax error in an import', 'imports-syntax-error', /\/syntax-error\.mjs:2\n/),
  failsToLoad('tells of bad JSON that a module reads', 'parses-bad-json', /SyntaxError[^]*parses-bad-json\.mjs:1/),
  failsToLoad('fails at a rejection that nobody handles', 'import-rejects-beside', /a rejection while loading/),
];

const modules: readonly Behaviour[] = (
  [
    ['a named export of CommonJS', 'commonjs.cjs', 'handler', { commonjs: 1 }],
    ['a member that only running CommonJS shows', 'commonjs-computed.cjs', 'handler', { computed: 1 }],
    ['a default export', 'default-export.mjs', 'default', { default: 1 }],
  ] as const
).map(([what, file, name, result]) => ({
  title: `loads ${what}`,
  handler: file,
  exportName: name,
  calls: [{ event: 1, ends: ok(result) }],
}));

const reuse: readonly Behaviour[] = (
  [
    ['an interval', 'interval', false],
    ['a timer that was cleared', 'cleared timer', true],
    ["a timer that was unref'd", "unref'd timer", true],
  ] as const
).map(([what, event, reusable]) => leavesBehind(what, event, reusable));

const changedWorlds: readonly Behaviour[] = [
  'JSON',
  'Promise',
  'accessors',
  'iterators',
  'Buffer',
  'clocks',
  'Math',
  'process',
].map((what) => replaces(what, /thrown in a changed world/));

const harmedResults: readonly Behaviour[] = [
  {
    title: 'lets an inherited toJSON change results only',
    handler: 'replaces-world',
    calls: [
      { event: { what: 'toJSON' }, ends: ok('inherited') },
      { event: { what: 'toJSON', fail: true }, ends: handlerError(/thrown in a changed world/) },
    ],
  },
  {
    title: 'tells something of an error when Error is replaced',
    handler: 'replaces-world',
    calls: [
      { event: { what: 'Error' }, ends: ok(['a', { result: 'Error' }]) },
      { event: { what: 'Error', fail: true }, ends: handlerError(/TypeError: thrown in a changed world/) },
    ],
  },
];

/** What only the Node shim shows. */
export const nodeBehaviours: readonly Behaviour[] = [
  ...results,
  ...errors,
  ...output,
  ...loading,
  ...modules,
  ...reuse,
  ...changedWorlds,
  ...harmedResults,
];

import type { Behaviour } from './behaviour.ts';
import { badResult, failsToLoad, handlerError, ok, one } from './behaviour.ts';
import type { Dialect } from './dialect.ts';

/** What every shim shows, whatever its language: each needs handlers of these names that do the same. */
export const sharedBehaviours = (dialect: Dialect): readonly Behaviour[] => [
  one('hands the event over and the result back', 'echoes-event', {
    event: { a: [1, 'é'] },
    ends: ok({ a: [1, 'é'] }),
  }),
  one('takes no event for an empty object', 'echoes-event', { ends: ok({}) }),
  one('takes null for an event', 'echoes-event', { event: null, ends: ok(null) }),
  one('makes null of no result', 'returns-nothing', { ends: ok(null) }),
  one('waits for an asynchronous result', 'answers-later', { event: 1, ends: ok({ later: 1 }) }),
  {
    title: 'serves one call after the other from one loaded module',
    handler: 'counts-calls',
    calls: [{ ends: ok(1) }, { ends: ok(2) }, { ends: ok(3) }],
  },
  one("hands over the caller's context and what the host knows, which wins", 'returns-context', {
    context: { user: 'u1', request_id: 'forged', attempt: 99 },
    invoke: { attempt: 2, deadline_ms: 1234, remaining_ms: 5000 },
    ends: ok({
      user: 'u1',
      request_id: 'invocation-0',
      invocation_id: 'invocation-0',
      attempt: 2,
      function_name: 'greeter',
      function_version: 3,
      memory_limit_mb: 256,
      deadline_ms: 1234,
      has_time: true,
    }),
  }),
  {
    title: 'finds a handler in a folder, in a file with dots in its name',
    handler: 'nested/folder/app.v2',
    exportName: 'main',
    calls: [{ event: 1, ends: ok({ nested: 1 }) }],
  },

  one('refuses a result that contains itself', 'returns-odd-value', {
    event: 'cycle',
    ends: badResult(/result\.items\[0\]\.parent refers back to result\./),
  }),
  one('refuses a result of too many levels', 'returns-odd-value', { event: 'deep', ends: badResult(/levels/) }),
  one('refuses a function as the result', 'returns-odd-value', { event: 'function', ends: badResult(/function/) }),
  one('escapes text that is not well-formed', 'returns-odd-value', {
    event: 'odd text',
    ends: ok('\0 \ud800 \u2028 é 😀'),
  }),
  {
    title: 'accepts a result of exactly the limit and refuses one byte more',
    handler: 'returns-text-of-length',
    init: { result_bytes: 100 },
    calls: [
      { event: 98, ends: ok('x'.repeat(98)) },
      { event: 99, ends: { status: 'output_too_large', error: /101 bytes.*100 bytes/ } },
      { event: 1, ends: ok('x') },
    ],
  },

  one('tells name, message and stack of an error', 'throws', {
    event: 'error',
    ends: handlerError(dialect.thrown('TypeError: the handler failed', 'throws')),
  }),
  one('keeps what was printed before a failure', 'logs-then-throws', {
    ends: handlerError(/the failure/),
    logs: 'before the failure\n',
  }),
  one('cuts a chain of causes', 'throws', { event: 'cause chain', ends: handlerError(/left out/) }),
  one('ends at a cause that is its own', 'throws', { event: 'cause cycle', ends: handlerError(/is described/) }),
  one('names some of many errors', 'throws', { event: 'aggregate', ends: handlerError(/99990 more errors/) }),
  one('cuts a huge message', 'throws', { event: 'huge message', ends: handlerError(/… \(cut\)$/) }),

  {
    title: 'logs printing, streams, raw descriptors and children in the order of writing',
    handler: 'logs-in-order',
    logsAtLoad: '1 printed at load\n',
    calls: [
      {
        ends: ok('done'),
        logs: [
          '2 printed',
          '3 printed to stderr',
          '4 written to the stream',
          '5 raw write to 1',
          '6 raw write to 2',
          '7 child to 1',
          '8 child to 2',
          '9 written to the other stream',
          '',
        ].join('\n'),
      },
    ],
  },
  one('logs megabytes without losing a byte', 'logs-much', {
    event: 50,
    ends: ok(null),
    logs: `${'x'.repeat(99_999)}\n${'y'.repeat(99_999)}\n`.repeat(25),
  }),
  one('keeps output that is followed by the end of the process', 'ends-process', {
    event: 'after printing much',
    ends: { exitCode: 4 },
    logs: `${'x'.repeat(99_999)}\n`.repeat(40),
  }),
  one('takes a printed result frame for output', 'prints-result-frame', { ends: ok('real'), logs: /forged[^]*forged/ }),
  one('lets the handler end the process', 'ends-process', { event: 'exit 3', ends: { exitCode: 3 } }),
  one('lets the handler end the process without an error', 'ends-process', { event: 'exit 0', ends: { exitCode: 0 } }),
  one('lets the handler kill the process', 'ends-process', {
    event: 'kill',
    ends: { exitCode: null, signal: 'SIGKILL' },
  }),

  failsToLoad('says which file is missing', 'not-there', /not-there\.\w+ is not among the function's files/),
  failsToLoad('lists what a module exports instead', 'exports-others', /no export named handler\. It exports:.*main/),
  failsToLoad(
    'tells what a module threw while it was loaded',
    'import-throws',
    dialect.thrown('.*this module does not want to be loaded', 'import-throws'),
    'printed before the import fails\n',
  ),
  failsToLoad('tells the place of a syntax error', 'syntax-error', dialect.syntaxError('syntax-error', 2)),
  failsToLoad('tells of an import that is not there', 'imports-missing-file', /not.there/),
  { title: 'lets a module end the process', handler: 'import-exits', loads: { exitCode: 6 }, calls: [] },

  one('gives up a sandbox in which a child process is left', 'leaves-work-behind', {
    event: 'child',
    ends: ok('child'),
    reusable: false,
  }),
  {
    title: 'sets the environment before the module is loaded',
    handler: 'reads-environment',
    init: { env: { GREETING: 'hello' } },
    calls: [{ ends: ok({ atLoad: 'hello', now: 'hello' }) }],
  },
];

import type { Behaviour, Ending } from './behaviour.ts';
import { badResult, failsToLoad, handlerError, leavesBehind, ok, one, replaces } from './behaviour.ts';

const odd = (title: string, event: string, ends: Ending): Behaviour => one(title, 'returns-odd-value', { event, ends });
const thrown = (title: string, event: string, error: RegExp): Behaviour =>
  one(title, 'throws', { event, ends: handlerError(error) });

const handlers: readonly Behaviour[] = [
  {
    title: 'keeps one event loop for all calls',
    handler: 'keeps-loop',
    calls: [{ ends: ok(1) }, { ends: ok(1) }],
  },
  {
    title: 'lets a synchronous handler run an event loop of its own',
    handler: 'uses-asyncio-run',
    calls: [
      { event: 1, ends: ok(1) },
      { event: 2, ends: ok(2) },
    ],
  },
  one('awaits what a callable object gives', 'class-handler', { event: 1, ends: ok({ called: 1 }) }),
  one('says that a handler takes fewer arguments', 'takes-one', {
    ends: handlerError(/^TypeError: handler\(\) takes 1 positional argument but 2 were given$/),
  }),
  one('runs handlers as a module beside their files', 'runs-as-script', {
    ends: ok(['runs-as-script', true, true, '']),
  }),
  {
    title: 'keeps context variables to their call',
    handler: 'sets-context-variable',
    calls: [
      { event: 1, ends: ok('nothing') },
      { event: 2, ends: ok('nothing') },
    ],
  },
  {
    title: 'lets no child that the handler forked answer',
    handler: 'forks',
    calls: [
      { event: 'return', ends: ok(0), logs: '' },
      { event: 'raise', ends: ok(1), logs: /^Traceback[^]*ValueError: raised in the child\n$/ },
    ],
  },
];

const results: readonly Behaviour[] = [
  odd('refuses NaN and says where it is', 'nan', badResult(/result\.totals\[1\] is nan, which JSON does not have/)),
  odd('refuses infinity', 'infinity', badResult(/result is -inf/)),
  odd('refuses NaN as a key', 'nan key', badResult(/result could not be turned into JSON/)),
  odd('refuses a decimal that is no number', 'decimal nan', badResult(/result is of type Decimal/)),
  odd('refuses a number of too many digits', 'digits', badResult(/result is a number of more digits/)),
  odd('refuses bytes and says what to do', 'bytes', badResult(/result\.body is of type bytes.* base64/)),
  odd('refuses a set', 'set', badResult(/result\[0\] is of type set.*Make it a list/)),
  odd('refuses a generator', 'generator', badResult(/type generator/)),
  odd('refuses a coroutine inside', 'coroutine inside', badResult(/result\[0\] is of type coroutine.*Await it/)),
  odd('refuses an instance', 'object', badResult(/result is of type Point/)),
  odd('refuses a key that is no text', 'key', badResult(/result\.rows has a key of type tuple/)),
  odd('tells what a dict raised', 'hostile dict', badResult(/RuntimeError: no items for you/)),
  odd('tells what a date raised', 'hostile date', badResult(/RuntimeError: no date for you/)),
  odd('writes numbers', 'numbers', ok([0.1, 4, 1e21, 2 ** 70, -0, true])),
  odd('writes decimals as text', 'decimals', ok(['1.10', '3'])),
  odd('writes dates and times by ISO 8601', 'dates', ok(['2024-02-29', '12:30:00', '2024-02-29T12:30:00+00:00'])),
  odd('writes a UUID as text', 'uuid', ok('00000000-0000-0000-0000-000000000001')),
  odd('writes a tuple as an array', 'tuple', ok([1, ['a', null]])),
  odd('writes an enumeration of numbers as its number', 'enum', ok(1)),
  odd('writes keys as text', 'keys', ok({ 1: 'c', null: 'b' })),
];

const errors: readonly Behaviour[] = [
  thrown(
    'shows the frames of the user and no others',
    'inner',
    /^Traceback[^\n]*\n {2}File "[^"]*throws\.py", line \d+, in handler\n[^]*\n {2}File "[^"]*inner\.py", line 2, in fail\n(?:(?!File)[^])*\nKeyError: 'inside'$/,
  ),
  thrown('tells of an error without a message', 'no message', /\nValueError$/),
  thrown('tells a cause before its effect', 'cause', /KeyError: 'inside'\n\nThe above[^]*\nValueError: the effect$/),
  thrown(
    'tells what was being handled',
    'context',
    /KeyError: 'inside'\n\nDuring[^]*\nValueError: raised while handling$/,
  ),
  thrown('shows the first and last frames of many', 'recursion', /more frames …[^]*\nRecursionError: [^\n]*$/),
  thrown('tells of an error whose message cannot be read', 'mute', /throws\.Mute: <[^]*>$/),
  thrown('tells of an error that cannot be looked at', 'blind', /./),
  thrown('tells the notes of an error', 'note', /^ValueError: noted(?:\na note)?$|\nValueError: noted(?:\na note)?$/),
  thrown('tells of an error with odd text', 'surrogate', /ValueError: half of /),
  thrown('tells of a name that is not there', 'name', /NameError: name 'undefined_name' is not defined/),
  thrown('survives running out of memory', 'memory', /MemoryError$/),
  thrown('takes an interrupt for an error', 'keyboard interrupt', /\nKeyboardInterrupt$/),
  thrown('takes the end of a generator for an error', 'generator exit', /\nGeneratorExit$/),
  thrown('takes the end of an iteration for an error', 'stop iteration', /\nStopIteration$/),
  thrown('tells the place of a syntax error', 'syntax', /File "made-up\.py", line [12]\n[^]*SyntaxError: /),
  thrown('says that what was raised is no exception', 'not an exception', /TypeError: exceptions must derive/),
  thrown(
    'keeps the frames of the library inside those of the user',
    'in the library',
    /throws\.py[^]*json\/decoder\.py[^]*\njson\.decoder\.JSONDecodeError: [^\n]*$/,
  ),
  one('prints what a thread raised', 'fails-beside', {
    event: 'thread',
    ends: ok('a result'),
    logs: /RuntimeError: raised in a thread\n$/,
  }),
  one('fails a call whose alarm goes off', 'raises-by-signal', {
    event: 'during',
    ends: handlerError(/raises-by-signal\.TooLate: the alarm went off$/),
  }),
  one('fails a call that is interrupted', 'raises-by-signal', {
    event: 'interrupt',
    ends: handlerError(/\nKeyboardInterrupt$/),
  }),
];

const ends: readonly Behaviour[] = (
  [
    ['sys.exit()', 'exit none', { exitCode: 0 }, ''],
    ['a text to sys.exit', 'exit text', { exitCode: 1 }, 'a reason\n'],
    ['os._exit', 'raw exit', { exitCode: 7 }, ''],
    ['os.abort', 'abort', { exitCode: null, signal: 'SIGABRT' }, ''],
    ['sys.exit in a task', 'in a task', { exitCode: 5 }, ''],
    ['what atexit has', 'atexit', { exitCode: 2 }, 'registered with atexit\n'],
  ] as const
).map(([how, event, ending, logs]) => one(`ends by ${how}`, 'ends-process', { event, ends: ending, logs }));

const output: readonly Behaviour[] = [
  one('logs what logging writes, in its place', 'logs-by-logging', {
    event: 'root',
    ends: ok(null),
    logs: '1 printed\nINFO: 2 info\nERROR: 3 error\n4 printed\n',
  }),
  one('logs what a named logger writes', 'logs-by-logging', {
    event: 'named',
    ends: ok(null),
    logs: '1 printed\nINFO: 2 info\nERROR: 3 error\n4 printed\n',
  }),
  one('lets a handler set up logging', 'logs-by-logging', {
    event: 'set up',
    ends: ok(null),
    logs: '1 printed\napp 2 debug\napp 3 error\n4 printed\n',
  }),
  one('logs bytes as they are', 'logs-odd-text', { event: 'binary', ends: ok(1), logs: /ABC[^]*\ufffd\ufffd$/ }),
  one('prints text that is not well-formed', 'logs-odd-text', {
    event: 'surrogate',
    ends: ok(1),
    logs: 'half of \\ud800\n',
  }),
  one('keeps the order of pieces of a line', 'logs-odd-text', { event: 'pieces', ends: ok(1), logs: 'a bcd\n' }),
  one("writes out what a handler's own stream holds", 'logs-odd-text', {
    event: 'replaced',
    ends: ok(1),
    logs: 'held back\n',
  }),
  one('survives a closed stdout', 'logs-odd-text', { event: 'closed', ends: ok(1), logs: '' }),
  one('loses nothing when the pipe does not block', 'logs-odd-text', {
    event: 'non-blocking',
    ends: ok(1),
    logs: `${'x'.repeat(99_999)}\n`.repeat(20),
  }),
  one('logs warnings', 'logs-odd-text', { event: 'warning', ends: ok(1), logs: /UserWarning: mind this\n/ }),
];

const loading: readonly Behaviour[] = [
  {
    ...failsToLoad(
      'says that an export is no function',
      'exports-others',
      /handler2 of .* is of type int, not a function/,
    ),
    exportName: 'handler2',
  },
  failsToLoad('says that a module exports nothing', 'exports-nothing', /It exports nothing\./),
  failsToLoad('says that a package on the way is broken', 'shadowed/mod', /RuntimeError: this package is broken$/),
  {
    title: 'loads a module of a package, with its siblings',
    handler: 'pkg/mod',
    exportName: 'fn',
    calls: [{ ends: ok(['the package', 'hello from a sibling', 'pkg.mod']) }],
  },
  one('loads a file that is named like a module of Python', 'keyword', {
    ends: ok(['a handler with the name of a module', '__handler__']),
  }),
  one('loads a module once, also when it imports itself', 'imports-itself', { ends: ok(true) }),
];

const reuse: readonly Behaviour[] = (
  [
    ['a thread', 'thread', false],
    ['a daemon thread', 'daemon thread', false],
    ['a forked child', 'forked child', false],
    ['a pool that is busy', 'busy pool', false],
    ['an alarm', 'alarm', false],
    ['a task', 'task', false],
    ['a thread that was joined', 'joined thread', true],
    ['a child that was waited for', 'waited child', true],
    ['a pool that is idle', 'idle pool', true],
    ['an alarm that was cancelled', 'cancelled alarm', true],
    ['a task that ends at once', 'quick task', true],
    ['a task that was awaited', 'awaited task', true],
    ['a function that ran in a thread', 'in a thread', true],
  ] as const
).map(([what, event, reusable]) => leavesBehind(what, event, reusable));

/** With the line of the source, which only Python's own library finds. */
const wholeError =
  /^Traceback[^\n]*\n {2}File "[^"]*replaces-world\.py", line \d+, in handler\n {4}raise TypeError\("thrown in a changed world"\)\nTypeError: thrown in a changed world$/;

const library: readonly Behaviour[] = [
  {
    title: 'loads nothing of the library that the handler has not asked for, also to tell of an error',
    handler: 'tells-modules',
    calls: [{ ends: ok([]) }, { event: 'fail', ends: handlerError(/ValueError: failed$/) }, { ends: ok([]) }],
  },
  one('tells of an error as Python does where files are named like its modules', 'throws', {
    event: 'name',
    ends: handlerError(/ {4}"name": lambda: undefined_name,\n[^]*NameError: name 'undefined_name' is not defined$/),
  }),
];

const changedWorlds: readonly Behaviour[] = [
  // Nothing of the library runs without these: what is left is the place and the message.
  replaces('builtins', /replaces-world\.py", line \d+, in handler\nTypeError: thrown in a changed world$/),
  ...[
    'json',
    'os',
    'sys',
    'stdout',
    'time',
    'threading',
    'traceback',
    'modules',
    'import',
    'recursion limit',
    'signals',
    'signal mask',
    'collector',
    'excepthook',
  ].map((what) => replaces(what, wholeError)),
];

const harmedResults: readonly Behaviour[] = ['trace', 'profile'].map((what) => ({
  title: `lets a failing function of sys.set${what} fail its own call only`,
  handler: 'replaces-world',
  calls: [
    { event: { what }, ends: handlerError(/SystemError: replaced$/) },
    { event: { what, fail: true }, ends: handlerError(/TypeError: thrown in a changed world/) },
    { event: { what }, ends: ok(['a', { result: what }]) },
  ],
}));

/** What only the Python shim shows. */
export const pythonBehaviours: readonly Behaviour[] = [
  ...handlers,
  ...results,
  ...errors,
  ...ends,
  ...output,
  ...loading,
  ...reuse,
  ...library,
  ...changedWorlds,
  ...harmedResults,
];

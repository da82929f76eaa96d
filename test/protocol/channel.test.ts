import { describe, expect, test } from 'vitest';
import { encodeFrame, shimExitCode } from '../../runtime/protocol.ts';
import { node, python, type Language } from './language.ts';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import { initHead, invokeHead, ShimProcess } from './shim-process.ts';

const bundle = bundledNodeShim();

interface ShimUnderTest {
  readonly program: string;
  readonly language: Language;
  readonly start: () => Promise<ShimProcess>;
}

const shims: readonly ShimUnderTest[] = [
  ...nodePrograms.map((program) => ({
    program,
    language: node,
    start: () => ShimProcess.start(bundle.command(program)),
  })),
  ...pythonPrograms.map((program) => ({
    program,
    language: python,
    start: () => ShimProcess.start(pythonShim(program)),
  })),
];

const violation = { type: 'exit', code: shimExitCode.protocolViolation, signal: null };
const end = { type: 'exit', code: 0, signal: null };
const envelope = Buffer.from('{"version":"v1"}');
const invoke = encodeFrame('invoke', invokeHead(), envelope);

describe.each(shims)('the channel of the $language.name shim on $program', ({ language, start }) => {
  const { fileOf } = language;
  const init = encodeFrame('init', initHead(fileOf('echoes-event')));

  test('says hello before anything else', async () => {
    await using shim = await start();
    expect(await shim.next()).toEqual({
      type: 'hello',
      protocol: 1,
      language: language.name,
      languageVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
    });
  });

  test('understands frames that arrive byte by byte', async () => {
    await using shim = await start();
    await shim.next();
    for (const byte of init) shim.send(Buffer.from([byte]));
    expect(await shim.next()).toMatchObject({ type: 'ready' });
    for (const byte of invoke) shim.send(Buffer.from([byte]));
    expect(await shim.next()).toMatchObject({ type: 'result', status: 'ok' });
  });

  test('takes an event of a megabyte', async () => {
    await using shim = await start();
    await shim.load(fileOf('echoes-event'));
    const event = 'é'.repeat(500_000);
    const ended = await shim.invoke({ event });
    expect('resultJson' in ended && ended.resultJson.equals(Buffer.from(JSON.stringify(event)))).toBe(true);
  });

  test.each([
    ['an invoke before the init', invoke],
    ['bytes that are not a frame', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an init of another version', encodeFrame('init', initHead(fileOf('echoes-event'), { protocol: 2 }))],
    ['a frame that only a shim sends', encodeFrame('ready', { load_ms: 1 })],
    ['an invoke while loading', Buffer.concat([init, invoke])],
    ['a second init', Buffer.concat([init, init])],
  ])('ends at %s', async (_what, bytes) => {
    await using shim = await start();
    await shim.next();
    shim.send(bytes);
    expect(await shim.next()).toEqual(violation);
    expect(shim.output()).toMatch(/^ProtocolError: /);
  });

  test('ends at an init after it is ready', async () => {
    await using shim = await start();
    await shim.load(fileOf('echoes-event'));
    shim.send(init);
    expect(await shim.next()).toEqual(violation);
  });

  test('ends at a second invocation while one runs', async () => {
    await using shim = await start();
    await shim.load(fileOf('never-answers'));
    shim.send(Buffer.concat([invoke, invoke]));
    expect(await shim.next()).toEqual(violation);
  });

  test('ends at an envelope that is not JSON', async () => {
    await using shim = await start();
    await shim.load(fileOf('echoes-event'));
    shim.send(encodeFrame('invoke', invokeHead(), Buffer.from('{"version":')));
    expect(await shim.next()).toEqual(violation);
  });

  test('ends when the host hangs up before the init', async () => {
    await using shim = await start();
    await shim.next();
    shim.hangUp();
    expect(await shim.next()).toEqual(end);
  });

  test('ends when the host hangs up during an import that never ends', async () => {
    await using shim = await start();
    await shim.next();
    shim.send(encodeFrame('init', initHead(fileOf('import-never-ends'))));
    shim.hangUp();
    expect(await shim.next()).toEqual(end);
  });

  test('ends without what a handler left for the end when the host hangs up', async () => {
    await using shim = await start();
    await shim.load(fileOf('adds-listeners'));
    await shim.invoke({});
    shim.output();
    shim.hangUp();
    expect(await shim.next()).toEqual(end);
    expect(shim.output()).toBe('');
  });

  test('crashes with its reason at an exception after the result', async () => {
    await using shim = await start();
    await shim.load(fileOf('fails-afterwards'));
    expect(await shim.invoke({})).toMatchObject({ type: 'result', status: 'ok' });
    expect(await shim.next()).toEqual({ type: 'exit', code: shimExitCode.crashed, signal: null });
    expect(shim.output()).toMatch(/Error: too late\n/);
  });
});

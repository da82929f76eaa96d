import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Behaviour, Call } from './behaviour.ts';
import { behaviours } from './behaviours.ts';
import { nodeBehaviours } from './node-behaviours.ts';
import type { BundledShim } from './node-shim.ts';
import { bundleNodeShim, nodePrograms } from './node-shim.ts';
import type { ShimEvent } from './shim-process.ts';
import { ShimProcess } from './shim-process.ts';

// Some handlers are slow on a busy machine; only one that hangs is to fail.
const patienceMs = 30_000;

let bundle: BundledShim;

beforeAll(async () => {
  bundle = await bundleNodeShim();
});

afterAll(() => {
  bundle.remove();
});

describe.each(nodePrograms)('the Node shim on %s', (program) => {
  test.each([...behaviours, ...nodeBehaviours].map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(bundle.command(program));
      await shows(shim, behaviour);
    },
    patienceMs,
  );
});

async function shows(shim: ShimProcess, behaviour: Behaviour): Promise<void> {
  const exportName = behaviour.handler.endsWith('app.v2') ? 'main' : 'handler';
  const loaded = await shim.load(fileOf(behaviour), behaviour.init, exportName);
  expectLoaded(loaded, behaviour);
  const logsAtLoad = shim.output();
  if (behaviour.logsAtLoad !== undefined) expect(logsAtLoad).toBe(behaviour.logsAtLoad);
  for (const [index, call] of behaviour.calls.entries()) {
    const id = `invocation-${index}`;
    const { event, context } = call;
    const envelope = { ...(event === undefined ? {} : { event }), ...(context === undefined ? {} : { context }) };
    const ended = await shim.invoke(envelope, { ...call.invoke, id });
    expectEnding(ended, call, id);
    if (typeof call.logs === 'string') expect(shim.output() === call.logs).toBe(true);
    else if (call.logs === undefined) shim.output();
    else expect(shim.output()).toMatch(call.logs);
  }
}

function fileOf({ handler }: Behaviour): string {
  if (/\.[cm]?js$/.test(handler)) return handler;
  return `${handler}.mjs`;
}

function expectLoaded(event: ShimEvent, { loads }: Behaviour): void {
  if (loads === undefined) expect(event).toEqual({ type: 'ready', loadMs: expect.any(Number) as unknown });
  else if ('exitCode' in loads) expect(event).toEqual({ type: 'exit', code: loads.exitCode, signal: null });
  else expect(event).toEqual({ type: 'load_failed', error: expect.stringMatching(loads.error) as unknown });
}

function expectEnding(event: ShimEvent, { ends, reusable = true }: Call, id: string): void {
  if ('exitCode' in ends) {
    expect(event).toEqual({ type: 'exit', code: ends.exitCode, signal: ends.signal ?? null });
    return;
  }
  const { resultJson, ...rest } = { resultJson: undefined, ...event };
  const common = { type: 'result', id, durationMs: expect.any(Number) as unknown, reusable };
  if (ends.status === 'ok') {
    expect({ ...rest, result: parsed(resultJson) }).toEqual({ ...common, status: 'ok', result: ends.result });
  } else {
    expect(rest).toEqual({ ...common, status: ends.status, error: expect.stringMatching(ends.error) as unknown });
  }
}

function parsed(json: Buffer | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json.toString('utf8'));
}

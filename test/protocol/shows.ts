import { expect } from 'vitest';
import type { Behaviour, Call } from './behaviour.ts';
import type { Language } from './language.ts';
import type { ShimEvent, ShimProcess } from './shim-process.ts';

/** Has a shim that has just been started load a behaviour's handler and serve its calls, and checks all that comes of it. */
export async function shows(shim: ShimProcess, behaviour: Behaviour, { fileOf }: Language): Promise<void> {
  const loaded = await shim.load(fileOf(behaviour.handler), behaviour.init, behaviour.exportName);
  expectLoaded(loaded, behaviour);
  const logsAtLoad = shim.output();
  if (behaviour.logsAtLoad !== undefined) expect(logsAtLoad).toBe(behaviour.logsAtLoad);
  for (const [index, call] of behaviour.calls.entries()) {
    const id = `invocation-${index}`;
    const { event, context } = call;
    const envelope = { ...(event === undefined ? {} : { event }), ...(context === undefined ? {} : { context }) };
    const ended = await shim.invoke(envelope, { ...call.invoke, id });
    expectEnding(ended, call, id);
    const logs = shim.output();
    // Shown only where it helps: some are megabytes.
    if (typeof call.logs === 'string' && call.logs.length > 1000) expect(logs === call.logs).toBe(true);
    else if (typeof call.logs === 'string') expect(logs).toBe(call.logs);
    else if (call.logs !== undefined) expect(logs).toMatch(call.logs);
  }
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

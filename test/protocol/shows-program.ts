import { expect } from 'vitest';
import type { ProgramBehaviour } from './program-behaviours.ts';
import type { ShimProcess } from './shim-process.ts';

/** Has a shim that has just been started run a program, and checks all that comes of it. */
export async function showsProgram(shim: ShimProcess, behaviour: ProgramBehaviour): Promise<void> {
  const { command, env, directory, stdin = '', exitCode = 0, signal } = behaviour;
  const head = { command, ...(env === undefined ? {} : { env }), ...(directory === undefined ? {} : { directory }) };
  const { ended, stdout, stderr } = await shim.runProgram(head, Buffer.from(stdin));
  expectText(stdout, behaviour.stdout ?? '');
  expectText(stderr, behaviour.stderr ?? '');
  expect(ended).toEqual({
    type: 'exited',
    exitCode: signal === undefined ? exitCode : undefined,
    signal,
    durationMs: expect.any(Number) as unknown,
  });
}

function expectText(bytes: Buffer, expected: string | RegExp): void {
  const text = bytes.toString('utf8');
  if (typeof expected !== 'string') expect(text.slice(0, 1000)).toMatch(expected);
  // Shown only where it helps: some are megabytes.
  else if (expected.length > 1000) expect(text === expected).toBe(true);
  else expect(text).toBe(expected);
}

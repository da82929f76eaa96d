import type { Channel } from '../../../src/sandboxes/channel.ts';
import type { LaunchedContainer } from '../../../src/sandboxes/launched-container.ts';
import type { Output } from '../../../src/sandboxes/output.ts';

interface ScriptedContainer {
  readonly container: LaunchedContainer;
  /** Says what the test says, in the shim's stead. */
  readonly channel: Channel;
  /** All that was sent to the shim. */
  readonly sent: Buffer[];
  /** What was done to the container, in order. */
  readonly done: string[];
}

/** A stand-in for a container with a shim: no real one says two things in one write on demand, or dies between two frames. */
export function scriptedContainer(parts: Partial<LaunchedContainer> = {}): ScriptedContainer {
  const sent: Buffer[] = [];
  const done: string[] = [];
  const channel: Channel = {
    closed: false,
    onFrame: () => undefined,
    onClosed: () => undefined,
    expectFrames: () => undefined,
    pause: () => void done.push('channel paused'),
    resume: () => void done.push('channel resumed'),
    send: (frame, rest = Buffer.alloc(0)) => sent.push(Buffer.concat([frame, rest])),
    close: () => undefined,
  };
  const nothing = (): Promise<void> => Promise.resolve();
  const output: Output = { begin: () => undefined, end: () => Promise.resolve(true), close: () => undefined };
  const container: LaunchedContainer = {
    codeDirectory: '/code',
    channel,
    languageVersion: '24.0.0',
    output,
    account: undefined,
    exit: () => Promise.resolve({ exitCode: 3, outOfMemory: false }),
    wasSeenToEnd: () => Promise.resolve(true),
    pause: nothing,
    resume: nothing,
    kill: () => {
      done.push('killed');
      channel.onClosed(undefined);
      return Promise.resolve();
    },
    release: () => {
      done.push('released');
      return Promise.resolve();
    },
    ...parts,
  };
  return { container, channel, sent, done };
}

import { constants as fsConstants, openSync } from 'node:fs';
import { constants } from 'node:os';
import { childProcess } from './child-process.ts';
import { makeOutputBlock, replaceDescriptor } from './output.ts';

/** The descriptors that the channel lives on once the standard ones belong to user code. */
export interface PrivateDescriptors {
  readonly input: number;
  readonly output: number;
  /** A second way to what descriptors 1 and 2 write to: user code that closes those does not close this. */
  readonly log: number;
}

/** Where a shim finds them that another one has started. */
export const inheritedDescriptors: PrivateDescriptors = { input: 3, output: 4, log: 5 };

/**
 * Takes stdin and stdout for the channel, and leaves user code an empty stdin and one pipe for all that it writes: descriptors
 * 1 and 2 are both what descriptor 2 was. Undefined when the kernel does not let this process open its own descriptors anew:
 * they are sockets, or belong to another user. Nothing has changed then.
 *
 * What is opened here is not inherited by children. Source: O_CLOEXEC in uv_fs_open of libuv.
 */
export function takeStdio(): PrivateDescriptors | undefined {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fsConstants;
  let descriptors: PrivateDescriptors;
  try {
    descriptors = {
      // Without O_NONBLOCK each would wait for somebody at the other end, for ever when the host has died. Source: fifo(7).
      input: openSync('/proc/self/fd/0', O_RDONLY | O_NONBLOCK),
      output: openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK),
      log: openSync('/proc/self/fd/2', O_WRONLY),
    };
  } catch {
    return undefined;
  }
  replaceDescriptor(0, '/dev/null', O_RDONLY);
  replaceDescriptor(1, `/proc/self/fd/${descriptors.log}`, O_WRONLY);
  makeOutputBlock();
  return descriptors;
}

/**
 * Runs the same shim once more as a child that gets the descriptors where it wants them, which Node can do for a child and not
 * for itself. Costs a second process, and needs nothing of the system but Node.
 * @returns its exit code. When a signal ended the child, this process ends by the same one.
 */
export function runWithInheritedDescriptors(shimFile: string, shimArguments: readonly string[]): number {
  const { status, signal } = childProcess().spawnSync(
    process.execPath,
    [...process.execArgv, shimFile, ...shimArguments, '--transport', 'inherited'],
    { stdio: ['ignore', 2, 2, 0, 1, 2] },
  );
  if (signal === null) return status ?? 0;
  process.kill(process.pid, signal);
  return 128 + constants.signals[signal];
}

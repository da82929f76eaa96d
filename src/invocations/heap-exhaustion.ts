import { constants } from 'node:os';

/** V8's last words when its heap is full. They can be faked, by a process, about itself. */
const heapExhausted = 'JavaScript heap out of memory';
const abortExitCode = 128 + constants.signals.SIGABRT;

/** Whether V8 ended its own process for want of memory: below the sandbox's limit, so that the kernel has nothing to tell. */
export function ranOutOfHeap(exitCode: number, lastOutput: string): boolean {
  return exitCode === abortExitCode && lastOutput.includes(heapExhausted);
}

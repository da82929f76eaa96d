import { closeSync, constants, openSync } from 'node:fs';

interface BlockingStream {
  readonly _handle?: { readonly setBlocking?: (blocking: boolean) => number };
}

/**
 * Makes descriptors 1 and 2 of this process the FIFO that the host reads, so that console output, raw writes and children
 * all pass through one kernel pipe in the order in which they were written.
 *
 * Throws when a descriptor could not be replaced, and when nobody reads the FIFO: the host opens it before it starts a sandbox.
 */
export function redirectOutput(fifoPath: string): void {
  // A blocking open waits for a reader, for ever when the host has died; this one fails with ENXIO. Source: fifo(7).
  const probe = openSync(fifoPath, constants.O_WRONLY | constants.O_NONBLOCK);
  for (const descriptor of [1, 2]) replaceDescriptor(descriptor, fifoPath, constants.O_WRONLY);
  closeSync(probe);
  makeOutputBlock();
}

/** Opens a file as a descriptor that is in use. Throws when that did not work; the descriptor is lost then. */
export function replaceDescriptor(descriptor: number, path: string, flags: number): void {
  closeSync(descriptor);
  // The kernel hands out the lowest free number, which is the one just closed.
  const opened = openSync(path, flags);
  if (opened !== descriptor) throw new Error(`A file got descriptor ${opened} instead of ${descriptor}.`);
}

/**
 * Node puts pipes in non-blocking mode and queues what does not fit: a handler that printed more than a pipe holds and then
 * called process.exit() would lose the rest, and its children would meet EAGAIN.
 */
export function makeOutputBlock(): void {
  for (const stream of [process.stdout, process.stderr]) (stream as BlockingStream)._handle?.setBlocking?.(true);
}

import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmodSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitedFrame, InitHead, InvokeHead, ProgramHead, ShimFrame } from '../../runtime/protocol.ts';
import {
  encodeFrame,
  FrameDecoder,
  maxShimFrameBytes,
  maxShimHeadBytes,
  parseShimFrame,
  protocolVersion,
  sandboxPaths,
} from '../../runtime/protocol.ts';

export interface ShimExit {
  readonly type: 'exit';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A shim that was started, as whatever it was started as. */
export interface StartedShim {
  /** Rejects when it could not be started. */
  readonly exited: Promise<ShimExit>;
  /** Ends it, whatever it is doing; does nothing when it has ended. */
  readonly kill: () => void | Promise<void>;
}

/** Starts a shim that finds its socket and its FIFO in a folder of this machine. */
export type StartShim = (directory: string) => StartedShim;

export interface ProgramOfShim {
  readonly ended: ExitedFrame;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export type ShimEvent = ShimFrame | ShimExit;

const resultBytes = 6_000_000;

/** A shim with a real socket and a real FIFO, and a host that does what the test tells it to. */
export class ShimProcess implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sraas-shim-'));
  readonly #events: ShimEvent[] = [];
  readonly #arrival = new EventEmitter();
  readonly #output: Buffer[] = [];
  readonly #outputDescriptor: number;
  readonly #outputReader: Socket;
  readonly #server: Server;
  readonly #shim: StartedShim;
  readonly #exited: Promise<unknown>;
  #channel: Socket | undefined;

  static async start(startShim: StartShim): Promise<ShimProcess> {
    const shim = new ShimProcess(startShim);
    await Promise.race([once(shim.#arrival, 'connected'), shim.#shim.exited]);
    return shim;
  }

  private constructor(startShim: StartShim) {
    const fifo = join(this.#directory, sandboxPaths.outputFifo);
    // For any user: a container's has an id of its own.
    chmodSync(this.#directory, 0o755);
    execFileSync('mkfifo', ['-m', '0666', fifo]);
    // Open for both, so that it never ends for want of a writer.
    this.#outputDescriptor = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    this.#outputReader = new Socket({ fd: this.#outputDescriptor, writable: false });
    this.#outputReader.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#server = createServer((channel) => {
      this.#server.close();
      this.#serve(channel);
    });
    const socketPath = join(this.#directory, sandboxPaths.channelSocket);
    this.#server.listen({ path: socketPath, readableAll: true, writableAll: true });
    this.#shim = startShim(this.#directory);
    this.#exited = this.#shim.exited.then(
      (exit) => {
        this.#emit(exit);
      },
      () => undefined,
    );
  }

  /** What the shim says next, or how it ended. */
  async next(): Promise<ShimEvent> {
    const event = this.#events.shift();
    if (event !== undefined) return event;
    await once(this.#arrival, 'event');
    return this.next();
  }

  async load(file: string, head: Partial<InitHead> = {}, exportName = 'handler'): Promise<ShimEvent> {
    await this.next();
    this.send(encodeFrame('init', initHead(file, head, exportName)));
    return this.next();
  }

  async invoke(envelope: object, head: Partial<InvokeHead> = {}): Promise<ShimEvent> {
    this.send(encodeFrame('invoke', invokeHead(head), Buffer.from(JSON.stringify({ version: 'v1', ...envelope }))));
    return this.next();
  }

  /** All that a program writes, and how it ends. */
  async runProgram(head: Partial<ProgramHead>, stdin: Buffer = Buffer.alloc(0)): Promise<ProgramOfShim> {
    await this.next();
    this.send(encodeFrame('program', programHead(head), stdin));
    const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    for (;;) {
      const event = await this.next();
      if (event.type === 'output') written[event.stream].push(event.bytes);
      else if (event.type !== 'exited') throw new Error(`Not of a program: ${JSON.stringify(event)}`);
      else return { ended: event, stdout: Buffer.concat(written.stdout), stderr: Buffer.concat(written.stderr) };
    }
  }

  send(bytes: Buffer): void {
    this.#channel?.write(bytes);
  }

  hangUp(): void {
    this.#channel?.destroy();
  }

  /** All output up to now. What was written before the last event that was received is in it for certain. */
  output(): string {
    this.#drain();
    return Buffer.concat(this.#output.splice(0)).toString('utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shim.kill();
    await this.#exited;
    this.#server.close();
    this.#channel?.destroy();
    this.#outputReader.destroy();
    rmSync(this.#directory, { recursive: true });
  }

  #serve(channel: Socket): void {
    this.#channel = channel;
    const decoder = new FrameDecoder({
      maxFrameBytes: maxShimFrameBytes(resultBytes),
      maxHeadBytes: maxShimHeadBytes,
    });
    channel.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        // What is in a tail is the next chunk's otherwise.
        this.#emit(parseShimFrame({ ...frame, tail: Buffer.from(frame.tail) }));
      }
    });
    channel.on('error', () => {
      // A shim that was killed resets the connection; its exit is what the test waits for.
    });
    this.#arrival.emit('connected');
  }

  #emit(event: ShimEvent): void {
    this.#drain();
    this.#events.push(event);
    this.#arrival.emit('event');
  }

  #drain(): void {
    const buffer = Buffer.alloc(65_536);
    for (;;) {
      try {
        const count = readSync(this.#outputDescriptor, buffer);
        this.#output.push(Buffer.from(buffer.subarray(0, count)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        throw error;
      }
    }
  }
}

export function initHead(file: string, head: Partial<InitHead> = {}, exportName = 'handler'): InitHead {
  return {
    protocol: protocolVersion,
    function_name: 'greeter',
    function_version: 3,
    entry: { file, export: exportName, source_maps: false },
    env: {},
    memory_limit_mb: 256,
    result_bytes: resultBytes,
    ...head,
  };
}

export function programHead(head: Partial<ProgramHead>): ProgramHead {
  return { protocol: protocolVersion, command: ['true'], env: {}, ...head };
}

export function invokeHead(head: Partial<InvokeHead> = {}): InvokeHead {
  return { id: 'invocation-1', attempt: 1, deadline_ms: Date.now() + 10_000, remaining_ms: 10_000, ...head };
}

import type { ChildProcess, StdioOptions } from 'node:child_process';
import { openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { childProcess } from './child-process.ts';
import type { HostFrame, ProgramStream } from '../protocol.ts';
import { encodeFrame, maxOutputBytes, startFailureExitCode } from '../protocol.ts';
import type { Channel } from './channel.ts';
import { now, round } from './originals.ts';
import { closeGiven, makeProgramStreams, type ProgramStreams } from './program-streams.ts';

type Program = Extract<HostFrame, { type: 'program' }>;

interface ProgramRunParts {
  readonly channel: Channel;
  /** Where it works when the host names no other folder. */
  readonly codeDirectory: string;
  /** How many descriptors behind the standard ones a child would inherit. */
  readonly exposedDescriptors: number;
}

interface Source {
  readonly stream: ProgramStream;
  readonly socket: Socket;
  isOpen: boolean;
}

interface End {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
}

/** How long a program's output may stay open behind it, by processes that it left. */
const graceMs = 200;
/** A pipe holds at most 1 MiB unless its writer is privileged. Source: pipe-max-size in proc(5). */
const mostReadsAtEnd = 1_048_576 / maxOutputBytes + 1;

const failures: Readonly<Record<string, string>> = {
  ENOENT: 'command not found',
  EACCES: 'permission denied',
  E2BIG: 'argument list too long',
  EAGAIN: 'too many processes',
};

/**
 * Runs a program once and tells the host of its output and its end. While the channel is full its output is not read, so that a
 * fast program waits for a slow host.
 */
export class ProgramRun {
  readonly #parts: ProgramRunParts;
  #startedAt = 0;
  readonly #sources: Source[] = [];
  #end: End | undefined;
  #hasTold = false;
  #isPaused = false;

  constructor(parts: ProgramRunParts, program: Program) {
    this.#parts = parts;
    // Not held on to, as it may be large: the listeners below only keep the name.
    const { stdin } = program;
    const [name = ''] = program.command;
    const streams = makeProgramStreams(stdin);
    let child: ChildProcess;
    this.#startedAt = now();
    try {
      child = this.#spawn(program, streams);
    } catch (error) {
      this.#fail(name, error);
      return;
    }
    closeGiven(streams);
    child.once('error', (error) => {
      this.#fail(name, error);
    });
    child.once('exit', (exitCode, signal) => {
      this.#exited(signal === null ? { exitCode, signal } : { exitCode: null, signal });
    });
    const { stdin: input, stdout, stderr } = child;
    input?.on('error', () => undefined);
    // A copy, as a frame may lie in memory that the next one is read into. A file has been written by now.
    input?.end(Buffer.from(stdin));
    this.#read('stdout', streams.readable[0], stdout);
    this.#read('stderr', streams.readable[1], stderr);
  }

  #spawn({ command, env, directory }: Program, { given }: ProgramStreams): ChildProcess {
    const { codeDirectory, exposedDescriptors } = this.#parts;
    const [name = '', ...rest] = command;
    const stdio: StdioOptions = [0, 1, 2].map((index) => given[index] ?? 'pipe');
    // In the place of those that are the channel's.
    for (let index = 0; index < exposedDescriptors; index += 1) stdio.push(openSync('/dev/null', 'r'));
    // In a group of its own: `kill 0`, which means a script and its children, is not for the shim.
    const detached = true;
    return childProcess().spawn(name, rest, {
      cwd: directory ?? codeDirectory,
      env: { ...process.env, ...env },
      stdio,
      detached,
    });
  }

  #read(stream: ProgramStream, descriptor: number | undefined, made: unknown): void {
    const socket = descriptor === undefined ? made : new Socket({ fd: descriptor, readable: true, writable: false });
    if (!(socket instanceof Socket)) return;
    const source = { stream, socket, isOpen: true };
    this.#sources.push(source);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      source.isOpen = false;
      this.#tellEnd();
    });
    socket.on('data', (bytes: Buffer) => {
      this.#tell(stream, bytes);
    });
  }

  #tell(stream: ProgramStream, bytes: Buffer): void {
    let hasRoom = true;
    for (let start = 0; start < bytes.length; start += maxOutputBytes) {
      const piece = bytes.subarray(start, start + maxOutputBytes);
      hasRoom = this.#parts.channel.send(encodeFrame('output', { stream }, piece));
    }
    if (!hasRoom && !this.#isPaused) this.#pauseUntilRoom();
  }

  #pauseUntilRoom(): void {
    this.#isPaused = true;
    for (const { socket } of this.#sources) socket.pause();
    this.#parts.channel.onceRoom(() => {
      this.#isPaused = false;
      if (this.#hasTold) return;
      for (const { socket } of this.#sources) socket.resume();
    });
  }

  #fail(name: string, error: unknown): void {
    if (this.#end !== undefined) return;
    const { code = 'EINVAL' } = error as NodeJS.ErrnoException;
    this.#tell('stderr', Buffer.from(`${name}: ${failures[code] ?? `cannot be started (${code})`}\n`));
    const exitCode = code === 'ENOENT' ? startFailureExitCode.notFound : startFailureExitCode.notExecutable;
    this.#end = { exitCode, signal: null, durationMs: this.#elapsedMs() };
    // There is nobody who would write more.
    this.#cutOff();
  }

  #exited(how: Omit<End, 'durationMs'>): void {
    if (this.#end !== undefined) return;
    this.#end = { ...how, durationMs: this.#elapsedMs() };
    setTimeout(() => {
      this.#cutOff();
    }, graceMs);
    this.#tellEnd();
  }

  /** Takes what the pipes hold at this moment, and nothing more. */
  #cutOff(): void {
    if (this.#hasTold) return;
    for (const source of this.#sources) {
      if (!source.isOpen) continue;
      source.isOpen = false;
      this.#takeRest(source);
      source.socket.destroy();
    }
    this.#tellEnd();
  }

  #takeRest({ stream, socket }: Source): void {
    const descriptor = (socket as unknown as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd;
    socket.pause();
    // Tells what has been read already, through the listener for data.
    for (let chunk: unknown = ''; chunk !== null;) chunk = socket.read();
    if (descriptor === undefined || descriptor < 0) return;
    const piece = Buffer.allocUnsafe(maxOutputBytes);
    for (let reads = 0; reads < mostReadsAtEnd; reads += 1) {
      const length = readNow(descriptor, piece);
      if (length === 0) return;
      this.#tell(stream, piece.subarray(0, length));
    }
  }

  #tellEnd(): void {
    if (this.#end === undefined || this.#hasTold || this.#sources.some(({ isOpen }) => isOpen)) return;
    this.#hasTold = true;
    const { exitCode, signal, durationMs } = this.#end;
    this.#parts.channel.send(encodeFrame('exited', { exit_code: exitCode, signal, duration_ms: durationMs }));
  }

  #elapsedMs(): number {
    // Beyond three decimals the clock only has noise.
    return round((now() - this.#startedAt) * 1000) / 1000;
  }
}

/** 0 at the end, and when there is nothing now. */
function readNow(descriptor: number, piece: Buffer): number {
  try {
    return readSync(descriptor, piece);
  } catch {
    return 0;
  }
}

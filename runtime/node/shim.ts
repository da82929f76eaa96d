import type { HostFrame, ResultStatus } from '../protocol.ts';
import { encodeFrame, encodeInParts, ProtocolError, protocolVersion } from '../protocol.ts';
import type { Handler } from './call-handler.ts';
import { callHandler } from './call-handler.ts';
import type { ContextFacts, HandlerContext } from './context.ts';
import { contextFacts, createContext } from './context.ts';
import type { ErrorDescriber } from './describe-error.ts';
import { parseEnvelope } from './envelope.ts';
import { countRunningWork } from './leftovers.ts';
import { loadHandler } from './load-handler.ts';
import { bufferFrom, now, round, runAfterMicrotasks } from './originals.ts';
import { encodeResult } from './result-json.ts';

type Init = Extract<HostFrame, { type: 'init' }>;
type Invoke = Extract<HostFrame, { type: 'invoke' }>;
type Program = Extract<HostFrame, { type: 'program' }>;

/** The handler with what every invocation of it needs. */
interface Ready {
  readonly handler: Handler;
  readonly facts: ContextFacts;
  readonly resultBytes: number;
}

interface Invocation {
  readonly id: string;
  readonly startedAt: number;
  readonly runningWorkBefore: number;
  readonly context: HandlerContext;
  readonly outputMark: string | undefined;
  /** Undefined while the handler runs. */
  answer: Answer | undefined;
}

interface Answer {
  readonly status: ResultStatus;
  readonly durationMs: number;
  readonly body: Buffer;
  readonly reusable: boolean;
}

type State =
  | { readonly name: 'waiting' }
  | { readonly name: 'loading'; readonly outputMark: string | undefined }
  | { readonly name: 'failed' }
  | { readonly name: 'ready'; readonly ready: Ready }
  | { readonly name: 'busy'; readonly ready: Ready; readonly invocation: Invocation }
  | { readonly name: 'running a program' };

interface ShimParts {
  readonly codeDirectory: string;
  readonly describe: ErrorDescriber;
  readonly send: (frame: Buffer, rest?: Uint8Array) => unknown;
  /** Runs a program, and tells the host of it to its end. */
  readonly runProgram: (program: Program) => unknown;
  /** Writes the host's mark to the output, before it returns. */
  readonly markOutput: (mark: string | undefined) => void;
  /** Prints an error that no invocation can be told of, and ends the process. */
  readonly crash: (text: string) => void;
}

/**
 * The life of one sandbox: waiting for its function, loading it, then ready and busy by turns; or waiting for a program, and
 * then running that.
 * `docs/protocol.md` has the states and what may come in each.
 */
export class Shim {
  readonly #parts: ShimParts;
  #state: State = { name: 'waiting' };

  constructor(parts: ShimParts) {
    this.#parts = parts;
  }

  greet(): void {
    const head = { protocol: protocolVersion, language: 'node', language_version: process.versions.node };
    this.#parts.send(encodeFrame('hello', head));
  }

  /** Takes a frame from the host. Throws a ProtocolError when it comes at the wrong time. */
  receive(frame: HostFrame): void {
    switch (frame.type) {
      case 'init':
        if (this.#state.name !== 'waiting') throw new ProtocolError('A second init frame came.');
        void this.#load(frame);
        return;
      case 'invoke':
        if (this.#state.name !== 'ready') throw new ProtocolError(`An invoke frame came while ${this.#state.name}.`);
        this.#invoke(frame, this.#state.ready);
        return;
      case 'program':
        if (this.#state.name !== 'waiting') throw new ProtocolError(`A program frame came while ${this.#state.name}.`);
        this.#state = { name: 'running a program' };
        this.#parts.runProgram(frame);
        return;
      default:
        frame satisfies never;
    }
  }

  /** Takes what was thrown where nothing caught it, or a rejection that nothing handled. */
  uncaught(thrown: unknown): void {
    switch (this.#state.name) {
      case 'busy':
        this.#failInvocation(this.#state.invocation, thrown);
        return;
      case 'loading':
        this.#failLoading(this.#parts.describe(thrown), this.#state.outputMark);
        return;
      case 'waiting':
      case 'ready':
      case 'failed':
      case 'running a program':
        this.#parts.crash(this.#parts.describe(thrown));
        return;
      default:
        this.#state satisfies never;
    }
  }

  async #load(init: Init): Promise<void> {
    const startedAt = now();
    const { outputMark } = init;
    this.#state = { name: 'loading', outputMark };
    this.#parts.markOutput(outputMark);
    const facts = contextFacts(init, new Date());
    Object.assign(process.env, init.env);
    if (init.entry.sourceMaps) process.setSourceMapsEnabled(true);
    const place = { codeDirectory: this.#parts.codeDirectory, ...init.entry };
    const loaded = await loadHandler(place, this.#parts.describe);
    if (!this.#isLoading()) return;
    if ('error' in loaded) {
      this.#failLoading(loaded.error, outputMark);
      return;
    }
    this.#state = { name: 'ready', ready: { handler: loaded.handler, facts, resultBytes: init.resultBytes } };
    this.#parts.markOutput(outputMark);
    this.#parts.send(encodeFrame('ready', { load_ms: milliseconds(now() - startedAt) }));
  }

  #isLoading(): boolean {
    return this.#state.name === 'loading';
  }

  #failLoading(error: string, outputMark: string | undefined): void {
    this.#state = { name: 'failed' };
    this.#parts.markOutput(outputMark);
    this.#parts.send(encodeFrame('load_failed', {}, bufferFrom(error, 'utf8')));
  }

  #invoke(frame: Invoke, ready: Ready): void {
    const { event, context: caller } = parseEnvelope(frame.envelope);
    const context = createContext(caller, ready.facts, frame);
    const runningWorkBefore = countRunningWork();
    const { id, outputMark } = frame;
    this.#parts.markOutput(outputMark);
    const invocation: Invocation = {
      id,
      startedAt: now(),
      runningWorkBefore,
      context,
      outputMark,
      answer: undefined,
    };
    this.#state = { name: 'busy', ready, invocation };
    void this.#run(ready, invocation, event);
  }

  async #run(ready: Ready, invocation: Invocation, event: unknown): Promise<void> {
    try {
      const value = await callHandler(ready.handler, event, invocation.context.context);
      const durationMs = milliseconds(now() - invocation.startedAt);
      if (invocation.answer !== undefined) return;
      const encoded = encodeResult(value, ready.resultBytes, this.#parts.describe);
      const body = encoded.status === 'ok' ? encoded.json : bufferFrom(encoded.error, 'utf8');
      this.#answer(invocation, { status: encoded.status, durationMs, body, reusable: true });
    } catch (thrown) {
      const durationMs = milliseconds(now() - invocation.startedAt);
      if (invocation.answer !== undefined) return;
      const body = bufferFrom(this.#parts.describe(thrown), 'utf8');
      this.#answer(invocation, { status: 'handler_error', durationMs, body, reusable: true });
    }
  }

  #failInvocation(invocation: Invocation, thrown: unknown): void {
    if (invocation.answer?.reusable === false) return;
    const durationMs = invocation.answer?.durationMs ?? milliseconds(now() - invocation.startedAt);
    const body = bufferFrom(this.#parts.describe(thrown), 'utf8');
    this.#answer(invocation, { status: 'handler_error', durationMs, body, reusable: false });
  }

  #answer(invocation: Invocation, answer: Answer): void {
    const first = invocation.answer === undefined;
    invocation.answer = answer;
    // Rejections that nothing handled are reported once the microtasks are done: those of this handler must end this
    // invocation, not the process between this one and the next.
    if (first) {
      runAfterMicrotasks(() => {
        this.#sendAnswer(invocation, 'first look');
      });
    }
  }

  #sendAnswer(invocation: Invocation, look: 'first look' | 'second look'): void {
    const { id, answer, context, runningWorkBefore } = invocation;
    if (answer === undefined || this.#state.name !== 'busy') return;
    context.release();
    const isTidy = countRunningWork() <= runningWorkBefore;
    if (!isTidy && look === 'first look') {
      // What has just ended, a child that the handler waited for, is still being closed in this turn of the event loop.
      runAfterMicrotasks(() => {
        this.#sendAnswer(invocation, 'second look');
      });
      return;
    }
    const reusable = answer.reusable && isTidy;
    const head = { id, status: answer.status, duration_ms: answer.durationMs, reusable };
    this.#state = { name: 'ready', ready: this.#state.ready };
    this.#parts.markOutput(invocation.outputMark);
    const { start, rest } = encodeInParts('result', head, answer.body);
    this.#parts.send(start, rest);
  }
}

/** Three decimals: beyond them the clock only has noise. */
function milliseconds(value: number): number {
  return round(value * 1000) / 1000;
}

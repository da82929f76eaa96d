import { SraasError } from '../errors.ts';
import type { EndedInvocation } from '../invocations/ended-invocation.ts';
import type { Reply } from '../invocations/reply.ts';
import { LogBuffer } from '../sandboxes/log-buffer.ts';
import { noFigures } from './attempt-figures.ts';
import type { HistoryEntry } from './history-store.ts';
import { nothingKept, type InvocationPayload } from './invocation-record.ts';

export interface RecorderOptions {
  /** Most bytes of an invocation's logs that are kept; 0 keeps none. */
  readonly logBytes: number;
  /** What a client is told of an adapter's own failures; undefined for any other error. */
  readonly explain: (error: unknown) => SraasError | undefined;
}

/** Makes what is kept of sync invocations that have ended. Lets through what the version's `history` asks for. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  entryOf(ended: EndedInvocation): HistoryEntry {
    return 'reply' in ended ? this.#replied(ended, ended.reply) : this.#failed(ended, ended.error);
  }

  /** Member by member: this is made for every call, and spreading objects of two dozen members costs ten times as much. */
  #replied(ended: EndedInvocation, reply: Reply): HistoryEntry {
    const { version, startedAt } = ended;
    const { outcome, error, exitCode, result } = reply.verdict;
    const logs = keptLogs(reply.logs, this.#options.logBytes);
    const isWanted = keepsPayload(ended, outcome === 'ok');
    return {
      record: {
        id: ended.invocationId,
        functionId: version.functionId,
        functionName: version.functionName,
        functionVersion: version.number,
        mode: 'sync',
        state: outcome === 'ok' ? 'succeeded' : 'failed',
        outcome,
        errorCode: undefined,
        error,
        attempt: 1,
        maxAttempts: 1,
        createdAt: startedAt,
        startedAt,
        endedAt: ended.endedAt,
        durationMs: reply.durationMs,
        queueMs: reply.queueMs,
        initMs: reply.initMs,
        cpuMs: reply.use.cpuMs,
        maxMemoryBytes: reply.use.maxMemoryBytes,
        exitCode,
        coldStart: reply.coldStart,
        logsTruncated: reply.logsTruncated || logs.truncated,
        replayOf: ended.replayOf,
        schedule: undefined,
      },
      payload: {
        envelope: isWanted ? ended.envelope : undefined,
        result: isWanted ? result : undefined,
        logs: logs.bytes,
      },
    };
  }

  #failed(ended: EndedInvocation, error: unknown): HistoryEntry {
    const { version, startedAt } = ended;
    const told = error instanceof SraasError ? error : this.#options.explain(error);
    const code = told?.code ?? 'INTERNAL';
    // One that was refused for want of room may come again at once, and often: it is not to fill the disk as well.
    const isWanted = told?.kind.fault !== 'capacity' && keepsPayload(ended, false);
    return {
      record: {
        id: ended.invocationId,
        functionId: version.functionId,
        functionName: version.functionName,
        functionVersion: version.number,
        mode: 'sync',
        attempt: 1,
        maxAttempts: 1,
        createdAt: startedAt,
        startedAt,
        endedAt: ended.endedAt,
        replayOf: ended.replayOf,
        schedule: undefined,
        state: code === 'INVOCATION_CANCELLED' ? 'cancelled' : 'failed',
        outcome: undefined,
        errorCode: code,
        error: told?.message ?? 'Something went wrong here; the server log has the reason.',
        ...noFigures,
      },
      payload: { ...nothingKept, ...(isWanted ? { envelope: ended.envelope } : {}) },
    };
  }
}

function keepsPayload({ version }: EndedInvocation, isOk: boolean): boolean {
  switch (version.config.history) {
    case 'none':
      return false;
    case 'failures':
      return !isOk;
    case 'all':
      return true;
    default:
      return version.config.history satisfies never;
  }
}

/** Cuts logs for keeping, as they are cut for a reply. */
export function keptLogs(
  logs: string,
  mostBytes: number,
): { readonly bytes: InvocationPayload['logs']; readonly truncated: boolean } {
  if (logs === '' || mostBytes === 0) return { bytes: undefined, truncated: logs !== '' };
  const buffer = new LogBuffer(mostBytes);
  buffer.append(Buffer.from(logs));
  return { bytes: Buffer.from(buffer.text()), truncated: buffer.truncated };
}

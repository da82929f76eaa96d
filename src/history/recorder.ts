import { SraasError } from '../errors.ts';
import type { EndedInvocation } from '../invocations/ended-invocation.ts';
import type { Reply } from '../invocations/reply.ts';
import { LogBuffer } from '../sandboxes/log-buffer.ts';
import { figuresOf, noFigures } from './attempt-figures.ts';
import type { HistoryEntry } from './history-store.ts';
import { nothingKept, type InvocationPayload, type InvocationRecord } from './invocation-record.ts';

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

  #replied(ended: EndedInvocation, reply: Reply): HistoryEntry {
    const { verdict } = reply;
    const logs = keptLogs(reply.logs, this.#options.logBytes);
    const isWanted = keepsPayload(ended, verdict.outcome === 'ok');
    return {
      record: {
        ...commonTo(ended),
        state: verdict.outcome === 'ok' ? 'succeeded' : 'failed',
        outcome: verdict.outcome,
        errorCode: undefined,
        error: verdict.error,
        ...figuresOf(reply),
        logsTruncated: reply.logsTruncated || logs.truncated,
      },
      payload: {
        ...nothingKept,
        ...(isWanted ? { envelope: ended.envelope, result: verdict.result } : {}),
        logs: logs.bytes,
      },
    };
  }

  #failed(ended: EndedInvocation, error: unknown): HistoryEntry {
    const told = error instanceof SraasError ? error : this.#options.explain(error);
    const code = told?.code ?? 'INTERNAL';
    // One that was refused for want of room may come again at once, and often: it is not to fill the disk as well.
    const isWanted = told?.kind.fault !== 'capacity' && keepsPayload(ended, false);
    return {
      record: {
        ...commonTo(ended),
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

type Common =
  | 'id'
  | 'functionId'
  | 'functionName'
  | 'functionVersion'
  | 'mode'
  | 'attempt'
  | 'maxAttempts'
  | 'createdAt'
  | 'startedAt'
  | 'endedAt'
  | 'replayOf'
  | 'schedule';

function commonTo({
  invocationId,
  version,
  startedAt,
  endedAt,
  replayOf,
}: EndedInvocation): Pick<InvocationRecord, Common> {
  return {
    id: invocationId,
    functionId: version.functionId,
    functionName: version.functionName,
    functionVersion: version.number,
    mode: 'sync',
    attempt: 1,
    maxAttempts: 1,
    createdAt: startedAt,
    startedAt,
    endedAt,
    replayOf,
    schedule: undefined,
  };
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

import type { Cancellation } from '../../../cancellation.ts';
import { Readable } from 'node:stream';
import type { UploadedFile } from '../../../artifacts/upload.ts';
import { wholeMessage } from '../../whole-message.ts';
import type { FunctionConfig } from '../../../functions/function.ts';
import type { StreamedEvent } from '../../../http/event-stream.ts';
import { toldError, type ErrorTelling } from '../../../http/told-error.ts';
import type { LiveEvent } from '../../../invocations/live-event.ts';
import type { LiveLogs } from '../../../invocations/live-logs.ts';
import type { Reply } from '../../../invocations/reply.ts';
import { newRunId, type RunOnce } from '../../../invocations/run-once.ts';
import { milliseconds } from '../../../wire/milliseconds.ts';
import type { PageRequest } from './page-request.ts';

export interface PageRunParts extends ErrorTelling {
  readonly runOnce: Pick<RunOnce, 'run'>;
  readonly liveLogs: Pick<LiveLogs, 'follow'>;
  /** Checks a config, and fills in what it leaves out. @throws SraasError what a deploy of it would throw. */
  readonly checkConfig: (config: PageRequest['config']) => FunctionConfig;
  /** The walls of a sandbox of such a config, as a command line for people. */
  readonly commandOf: (config: FunctionConfig) => string;
}

interface Run {
  readonly id: string;
  readonly signal: Cancellation;
}

/**
 * Runs what the page wants once. Resolves when it has begun, with what happens from then on: `started` with its limits, `log` for
 * each piece of output, and at last `ended`, or `error` when the server lost it.
 * @throws SraasError when it could not begin.
 */
export async function pageRun(
  request: PageRequest,
  run: Run,
  parts: PageRunParts,
): Promise<AsyncIterable<StreamedEvent>> {
  const config = parts.checkConfig(request.config);
  const functionId = newRunId();
  const follower = parts.liveLogs.follow(functionId);
  const begun = new Beginning();
  const call = {
    invocationId: run.id,
    envelope: request.envelope,
    signal: run.signal,
    onBegun: () => {
      begun.tell();
    },
  };
  const reply = parts.runOnce.run(request.config, [fileOf(request)], call, functionId).finally(() => {
    // Where there was no room for the end among what is followed, this is one.
    follower.finish({ type: 'removed' });
  });
  try {
    await Promise.race([begun.told, reply]);
  } catch (error) {
    follower.close();
    throw error;
  }
  const started = { id: run.id, limits: limitsToPage(config), command: parts.commandOf(config) };
  return events(started, { follower, reply, telling: parts });
}

class Beginning {
  tell: () => void = () => undefined;
  readonly told = new Promise<void>((resolve) => {
    this.tell = resolve;
  });
}

interface Running {
  readonly follower: AsyncIterable<LiveEvent>;
  readonly reply: Promise<Reply>;
  readonly telling: ErrorTelling;
}

async function* events(
  started: { readonly id: string } & object,
  { follower, reply, telling }: Running,
): AsyncGenerator<StreamedEvent, void, undefined> {
  yield { name: 'started', data: started };
  for await (const event of follower) {
    if (event.type === 'log') yield { name: 'log', data: { text: event.text } };
    else if (event.type === 'dropped') yield { name: 'dropped', data: { bytes: event.bytes } };
    else if (event.type !== 'begin') break;
  }
  try {
    yield { name: 'ended', data: endToPage(await reply) };
  } catch (error) {
    yield { name: 'error', data: { detail: wholeMessage(toldError(error, telling, started.id)) } };
  }
}

/** The result as the text that came: a browser would make other numbers of large ones. */
function endToPage({ verdict, durationMs, logsTruncated, use }: Reply): object {
  return {
    outcome: verdict.outcome,
    result: verdict.result?.toString() ?? null,
    error: verdict.error ?? null,
    exit_code: verdict.exitCode ?? null,
    duration_ms: milliseconds(durationMs),
    max_memory_bytes: use.maxMemoryBytes ?? null,
    cpu_ms: use.cpuMs === undefined ? null : milliseconds(use.cpuMs),
    logs_truncated: logsTruncated,
  };
}

function limitsToPage({ limits, network }: FunctionConfig): object {
  const { cpus, memoryMb, pids, tmpMb, timeoutMs } = limits;
  return { cpus, memory_mb: memoryMb, pids, tmp_mb: tmpMb, timeout_ms: timeoutMs, network };
}

function fileOf({ path, code }: PageRequest): UploadedFile {
  return { path, executable: false, content: Readable.from([Buffer.from(code)]) };
}

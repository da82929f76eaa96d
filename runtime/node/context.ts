import type { HostFrame } from '../protocol.ts';
import { clearTimer, floor, now, OriginalAbortController, OriginalDomException, setTimer } from './originals.ts';

/** What a context says of the function; the same for all its invocations. */
export interface ContextFacts {
  readonly function_name: string;
  readonly function_version: number;
  readonly memory_limit_mb: number;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export interface HandlerContext {
  /** The handler's second argument. */
  readonly context: object;
  /** Ends what the context keeps running: after this its signal fires no more. */
  release(): void;
}

type Invoke = Extract<HostFrame, { type: 'invoke' }>;
type Init = Extract<HostFrame, { type: 'init' }>;

const maxNoticeMs = 100;
const noticeShare = 0.1;

/**
 * The facts of a function under our names and under those that Lambda handlers expect. Those that Lambda fills with names of
 * its cloud have the same form here, with `local` for the region.
 */
export function contextFacts(init: Init, startedAt: Date): ContextFacts {
  const version = String(init.functionVersion);
  return {
    function_name: init.functionName,
    function_version: init.functionVersion,
    memory_limit_mb: init.memoryLimitMb,
    functionName: init.functionName,
    functionVersion: version,
    memoryLimitInMB: String(init.memoryLimitMb),
    invokedFunctionArn: `arn:sraas:lambda:local:000000000000:function:${init.functionName}:${version}`,
    logGroupName: `/sraas/${init.functionName}`,
    logStreamName: `${startedAt.toISOString().slice(0, 10).replaceAll('-', '/')}/[${version}]${startedAt.getTime().toString(36)}`,
  };
}

/**
 * Makes the context of one invocation: the caller's members, and ours, which win.
 *
 * `signal` fires 100 ms before the deadline, or when 90 % of the time is used up if that is later. It costs nothing until
 * it is looked at.
 */
export function createContext(
  caller: Readonly<Record<string, unknown>>,
  facts: ContextFacts,
  invoke: Invoke,
): HandlerContext {
  const deadline = now() + invoke.remainingMs;
  const remainingTimeMs = (): number => {
    const remaining = floor(deadline - now());
    return remaining > 0 ? remaining : 0;
  };

  let controller: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let released = false;
  const abort = (): void => {
    controller?.abort(new OriginalDomException('The deadline of this invocation is near.', 'TimeoutError'));
  };
  const signal = (): AbortSignal => {
    if (controller === undefined) {
      controller = new OriginalAbortController();
      const share = invoke.remainingMs * noticeShare;
      const delayMs = deadline - (share < maxNoticeMs ? share : maxNoticeMs) - now();
      if (delayMs <= 0) abort();
      else if (!released) timer = setTimer(abort, delayMs).unref();
    }
    return controller.signal;
  };

  const context = {
    ...caller,
    request_id: invoke.id,
    invocation_id: invoke.id,
    attempt: invoke.attempt,
    function_name: facts.function_name,
    function_version: facts.function_version,
    memory_limit_mb: facts.memory_limit_mb,
    deadline_ms: invoke.deadlineMs,
    get_remaining_time_ms: remainingTimeMs,
    get signal() {
      return signal();
    },
    awsRequestId: invoke.id,
    functionName: facts.functionName,
    functionVersion: facts.functionVersion,
    memoryLimitInMB: facts.memoryLimitInMB,
    invokedFunctionArn: facts.invokedFunctionArn,
    logGroupName: facts.logGroupName,
    logStreamName: facts.logStreamName,
    getRemainingTimeInMillis: remainingTimeMs,
    // An invocation ends with its result, whatever this says: it is here for handlers that set it.
    callbackWaitsForEmptyEventLoop: false,
  };

  return {
    context,
    release() {
      released = true;
      if (timer !== undefined) clearTimer(timer);
    },
  };
}

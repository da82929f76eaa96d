import type { ErrorCode } from '../errors.ts';
import type { EndedInvocation } from '../invocations/ended-invocation.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { Programs, ProgramResult } from '../programs/program.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { CallMeter, CallMode } from './call-meter.ts';

interface Metering {
  readonly calls: CallMeter;
  /** By which code a client is told of an error. */
  readonly codeOf: (error: unknown) => ErrorCode;
}

/** Counts sync calls of functions as they end. */
export function meterEnded({ calls, codeOf }: Metering): (ended: EndedInvocation) => void {
  return (ended) => {
    if ('reply' in ended) calls.replied('sync', ended.reply);
    else calls.failed('sync', codeOf(ended.error));
  };
}

/** An invoker whose runs are counted, for calls that are not told of otherwise. */
export function meteredInvoker(
  invoker: Pick<Invoker, 'run'>,
  mode: CallMode,
  { calls, codeOf }: Metering,
): Pick<Invoker, 'run'> {
  return {
    run: async (workload, request) => {
      try {
        const reply = await invoker.run(workload, request);
        calls.replied(mode, reply);
        return reply;
      } catch (error) {
        calls.failed(mode, codeOf(error));
        throw error;
      }
    },
  };
}

/** The same for programs. */
export function meteredPrograms(programs: Programs, { calls, codeOf }: Metering): Programs {
  return {
    run: async (request) => {
      try {
        const result = await programs.run(request);
        if (result.cancelledBecause !== undefined) calls.failed('run', result.cancelledBecause.code);
        else calls.ran('run', outcomeOf(result), result.durationMs);
        return result;
      } catch (error) {
        calls.failed('run', codeOf(error));
        throw error;
      }
    },
  };
}

/** As it would be if the program had served a function's call. */
function outcomeOf({ ended, exitCode, signal }: ProgramResult): Outcome {
  if (ended === 'timeout' || ended === 'out_of_memory') return ended;
  if (exitCode === 0) return 'ok';
  return exitCode === undefined && signal === undefined ? 'exited' : 'handler_error';
}

import type { SraasError } from '../errors.ts';
import { ranOutOfHeap } from '../invocations/heap-exhaustion.ts';
import type { LogBuffer } from '../sandboxes/log-buffer.ts';
import type { ProgramEnd } from '../sandboxes/ready-program.ts';
import type { ProgramOutput, ProgramResult } from './program.ts';

type Told = Pick<ProgramResult, 'ended' | 'cancelledBecause' | 'exitCode' | 'signal'>;

/**
 * What the end of a program is to whoever ran it. Pure.
 * @throws SraasError ENGINE_UNAVAILABLE when the engine was lost over it.
 */
export function programResult(end: ProgramEnd, cancelledBecause: () => SraasError): ProgramResult {
  const { stdout, stderr, elapsedMs: durationMs, use } = end;
  return { ...told(end, cancelledBecause), stdout: outputOf(stdout), stderr: outputOf(stderr), durationMs, use };
}

function told({ ending, signal, stderr }: ProgramEnd, cancelledBecause: () => SraasError): Told {
  const unknown = { exitCode: undefined, signal: undefined };
  switch (ending.cause) {
    case 'deadline':
      return { ended: 'timeout', ...unknown };
    case 'cancelled':
      return { ended: 'cancelled', cancelledBecause: cancelledBecause(), ...unknown };
    case 'engine_lost':
      throw ending.error;
    case 'died': {
      // Undefined when someone else removed the container.
      if (ending.exit === undefined) return { ended: 'exited', ...unknown };
      const { exitCode, outOfMemory } = ending.exit;
      const ranOut = outOfMemory || ranOutOfHeap(exitCode, stderr.lastText());
      return {
        ended: ranOut ? 'out_of_memory' : 'exited',
        exitCode: signal === undefined ? exitCode : undefined,
        signal,
      };
    }
    default:
      return ending satisfies never;
  }
}

function outputOf(buffer: LogBuffer): ProgramOutput {
  return { bytes: buffer.bytes(), isCut: buffer.truncated };
}

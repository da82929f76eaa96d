import { milliseconds } from '../wire/milliseconds.ts';
import type { ProgramFacts, ProgramReply } from '../wire/program.ts';
import type { ProgramOutput, ProgramResult } from './program.ts';

/** The result of a program that was not cancelled, as its client sees it. */
export function programToWire(id: string, result: ProgramResult, output: 'text' | 'base64'): ProgramReply {
  const { invocation, ...facts } = programFactsToWire(id, result);
  return { invocation, stdout: written(result.stdout, output), stderr: written(result.stderr, output), ...facts };
}

/** The same without what it wrote. */
export function programFactsToWire(id: string, result: ProgramResult): ProgramFacts {
  const { ended, use } = result;
  return {
    invocation: { id, outcome: outcomeOf(result) },
    stdout_truncated: result.stdout.isCut,
    stderr_truncated: result.stderr.isCut,
    exit_code: result.exitCode ?? null,
    signal: result.signal ?? null,
    timed_out: ended === 'timeout',
    out_of_memory: ended === 'out_of_memory',
    duration_ms: milliseconds(result.durationMs),
    max_memory_bytes: use.maxMemoryBytes ?? null,
    cpu_ms: use.cpuMs === undefined ? null : milliseconds(use.cpuMs),
  };
}

function outcomeOf({ ended, exitCode }: ProgramResult): ProgramFacts['invocation']['outcome'] {
  if (ended === 'timeout' || ended === 'out_of_memory') return ended;
  return exitCode === 0 ? 'ok' : 'exited';
}

function written({ bytes, isCut }: ProgramOutput, output: 'text' | 'base64'): string {
  if (output === 'base64') return bytes.toString('base64');
  // A character that the cap has split is left out.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: isCut });
}

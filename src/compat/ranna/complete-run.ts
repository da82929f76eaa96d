import { abortSignalOf } from '../../cancellation.ts';
import { SraasError } from '../../errors.ts';
import type { ProgramRequest } from '../../programs/program.ts';
import type { RannaOrder } from './order.ts';
import { milliseconds } from '../../wire/milliseconds.ts';
import { RannaRefusal, tooMuchOutput } from './refusal.ts';
import type { RannaRuns } from './runs.ts';

/** What `/v1/exec` answers with; the members after the third are this server's own. */
export interface RannaReply {
  readonly stdout: string;
  readonly stderr: string;
  readonly exectimems: number;
  /** `null` for a program that a signal ended. */
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly out_of_memory: boolean;
  readonly max_memory_bytes: number | null;
  readonly cpu_ms: number | null;
}

/**
 * Runs a program to its end and collects what it wrote. One that writes more than `outputBytes` is ended at once, so that a
 * flood takes neither the machine's time nor memory.
 * @throws RannaRefusal 400; SraasError what programs throw, and INVOCATION_CANCELLED.
 */
export async function completeRun(
  runs: RannaRuns,
  order: RannaOrder,
  { id, signal, outputBytes }: Pick<ProgramRequest, 'id' | 'signal'> & { readonly outputBytes: number },
): Promise<RannaReply> {
  const flood = new AbortController();
  let bytes = 0;
  const count = (piece: Uint8Array): void => {
    bytes += piece.byteLength;
    if (bytes > outputBytes) flood.abort();
  };
  const { result, elapsedMs } = await runs.run(order, {
    id,
    signal: AbortSignal.any([abortSignalOf(signal), flood.signal]),
    keptBytes: outputBytes,
    onStdout: count,
    onStderr: count,
  });
  if (bytes > outputBytes || result.stdout.isCut || result.stderr.isCut) throw new RannaRefusal(400, tooMuchOutput);
  if (result.ended === 'cancelled') {
    throw result.cancelledBecause ?? new SraasError('INVOCATION_CANCELLED', 'The run was cancelled.');
  }
  return {
    stdout: result.stdout.bytes.toString('utf8'),
    stderr: result.stderr.bytes.toString('utf8'),
    exectimems: elapsedMs,
    exit_code: result.exitCode ?? null,
    signal: result.signal ?? null,
    out_of_memory: result.ended === 'out_of_memory',
    max_memory_bytes: result.use.maxMemoryBytes ?? null,
    cpu_ms: result.use.cpuMs === undefined ? null : milliseconds(result.use.cpuMs),
  };
}

import type { ProgramRequest, ProgramResult, Programs } from '../../../src/programs/program.ts';
import { SraasError } from '../../../src/errors.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';

/** A program's request as it came, its files read. */
export interface SeenRequest extends Omit<ProgramRequest, 'files'> {
  readonly files: readonly { readonly path: string; readonly executable: boolean; readonly text: string }[];
}

type Behaviour = (request: SeenRequest) => ProgramResult | Promise<ProgramResult>;

/** Runs no program: each request is answered as a test says, also in ways that no container can be brought to on demand. */
export class PretendedPrograms implements Programs {
  readonly seen: SeenRequest[] = [];
  behaviour: Behaviour = () => ended();

  async run(request: ProgramRequest): Promise<ProgramResult> {
    const files = [];
    for await (const { path, executable, content } of request.files) {
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      files.push({ path, executable, text: Buffer.concat(pieces).toString() });
    }
    const seen = { ...request, files };
    this.seen.push(seen);
    return this.behaviour(seen);
  }

  /** The one request that came. */
  get only(): SeenRequest {
    const [request] = this.seen;
    if (request === undefined || this.seen.length > 1) throw new Error(`${this.seen.length} requests came`);
    return request;
  }
}

interface Written {
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
}

/** A program that ended by itself, with exit code 0, unless something else is said. */
export function ended({
  stdout = '',
  stderr = '',
  ...rest
}: Partial<Omit<ProgramResult, 'stdout' | 'stderr'>> & Written = {}): ProgramResult {
  return {
    ended: 'exited',
    exitCode: 0,
    signal: undefined,
    stdout: { bytes: Buffer.from(stdout), isCut: false },
    stderr: { bytes: Buffer.from(stderr), isCut: false },
    durationMs: 12.5,
    use: unknownUse,
    ...rest,
  };
}

/** Says that it has begun, and goes on until it is told to end. */
export function endless({ signal, onStarted }: SeenRequest): Promise<ProgramResult> {
  onStarted?.();
  return new Promise((resolve) => {
    const end = (): void => {
      const { reason } = signal as { readonly reason: unknown };
      const because = reason instanceof SraasError ? { cancelledBecause: reason } : {};
      resolve(ended({ ended: 'cancelled', exitCode: undefined, ...because }));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

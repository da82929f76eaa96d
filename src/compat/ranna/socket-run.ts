import { StringDecoder } from 'node:string_decoder';
import { SraasError } from '../../errors.ts';
import type { RannaOrder } from './order.ts';
import { RannaRefusal, tooMuchOutput } from './refusal.ts';
import type { RannaRuns } from './runs.ts';

/** The events of one run, as its client gets them. */
export interface SocketRunEvents {
  onSpawn(): void;
  /** Whether the client keeps up: once it does not, the run is ended. */
  onLog(stream: 'stdout' | 'stderr', text: string): boolean;
}

/** What is not kept has been told already. */
const keptBytes = 1;

/** One program whose output is told while it is written. */
export class SocketRun {
  readonly id: string;
  readonly #ended = new AbortController();
  #isKilled = false;
  #isSpawned = false;
  #isBehind = false;

  constructor(id: string) {
    this.id = id;
  }

  get isSpawned(): boolean {
    return this.#isSpawned;
  }

  /** Ends it early. `run` then resolves as for any other end. */
  kill(): void {
    this.#isKilled = true;
    this.#ended.abort(new SraasError('INVOCATION_CANCELLED', 'The client ended the program.'));
  }

  /**
   * @returns its whole time in milliseconds.
   * @throws RannaRefusal 400; SraasError what programs throw, and INVOCATION_CANCELLED.
   */
  async run(runs: RannaRuns, order: RannaOrder, events: SocketRunEvents): Promise<number> {
    const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
    const tell = (stream: 'stdout' | 'stderr', text: string): void => {
      if (text === '' || this.#isBehind || events.onLog(stream, text)) return;
      this.#isBehind = true;
      this.#ended.abort(new SraasError('INVOCATION_CANCELLED', 'The client did not read the output in time.'));
    };
    const { result, elapsedMs } = await runs.run(order, {
      id: this.id,
      signal: this.#ended.signal,
      keptBytes,
      onStarted: () => {
        this.#isSpawned = true;
        events.onSpawn();
      },
      onStdout: (piece) => {
        tell('stdout', decoders.stdout.write(Buffer.from(piece)));
      },
      onStderr: (piece) => {
        tell('stderr', decoders.stderr.write(Buffer.from(piece)));
      },
    });
    for (const stream of ['stdout', 'stderr'] as const) tell(stream, decoders[stream].end());
    if (this.#isBehind) throw new RannaRefusal(400, tooMuchOutput);
    if (result.ended === 'cancelled' && !this.#isKilled) {
      throw result.cancelledBecause ?? new SraasError('INVOCATION_CANCELLED', 'The run was cancelled.');
    }
    return elapsedMs;
  }
}

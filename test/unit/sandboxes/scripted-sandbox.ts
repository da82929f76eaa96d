import type { FunctionVersion } from '../../../src/functions/function.ts';
import type { LaunchedContainer } from '../../../src/sandboxes/launched-container.ts';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';
import { Sandbox, type Finished, type SandboxState } from '../../../src/sandboxes/sandbox.ts';
import type { Started } from '../../../src/sandboxes/started.ts';

const noContainer = { channel: {} } as unknown as LaunchedContainer;

/**
 * A stand-in, without a container: its state is what the test says, and its removal ends when the test says. With a real one
 * no test could hold a removal back, or let a start end in just that moment.
 */
export class ScriptedSandbox extends Sandbox {
  /** How often it was sent away. */
  departures = 0;
  #scripted: SandboxState;
  #wakes: Promise<boolean> | undefined;
  #endRemoval: () => void = () => undefined;
  readonly #removed: Promise<void>;

  constructor(version: FunctionVersion, state: SandboxState, removal: 'at once' | 'when told') {
    super('scripted', version, noContainer);
    this.#scripted = state;
    this.idleSince = performance.now();
    this.#removed = new Promise((resolve) => {
      this.#endRemoval = resolve;
    });
    if (removal === 'at once') this.#endRemoval();
  }

  override get state(): SandboxState {
    return this.#scripted;
  }

  /** A call ended, and left it in this state. */
  becomes(state: SandboxState): this {
    this.#scripted = state;
    this.idleSince = performance.now();
    return this;
  }

  /** It was paused; waking it ends as the test says. */
  isPausedUntil(wakes: Promise<boolean>): this {
    this.#wakes = wakes;
    return this;
  }

  override get isPaused(): boolean {
    return this.#wakes !== undefined;
  }

  override async wake(): Promise<boolean> {
    const awake = await this.#wakes;
    this.#wakes = undefined;
    return awake === true;
  }

  /** It dies while nobody uses it. */
  dies(): void {
    this.#scripted = 'spent';
    this.onLost();
  }

  override destroy(): Promise<void> {
    this.departures++;
    this.#scripted = 'spent';
    return this.#removed;
  }

  /** Its container has been removed. */
  isRemoved(): void {
    this.#endRemoval();
  }

  /** How its start ended: loaded when it is ready, else with a handler that could not be loaded. */
  get started(): Started {
    const answer =
      this.#scripted === 'ready'
        ? ({ status: 'ready', loadMs: 1 } as const)
        : ({ status: 'load_failed', error: 'Error: no' } as const);
    const finished: Partial<Finished> = {
      ending: { cause: 'answered', answer },
      logs: new LogBuffer(100),
      elapsedMs: 1,
    };
    return { sandbox: this, finished: finished as Finished };
  }
}

import type { ContainerId } from '../engine/engine.ts';
import type { Channel } from './channel.ts';
import type { Output } from './output.ts';

/** How frames and output get from a sandbox to the host and back. */
export interface Transport {
  /**
   * Makes the host's end for one sandbox, before its container is created.
   * @param directory Host path of a folder that may be made for it; whoever calls this removes it.
   */
  open(directory: string): Promise<Line>;
}

/** The way between the host and one sandbox. The calls come in this order, each once; `close` may come at any time. */
export interface Line {
  /** Host folder that the sandbox must see; undefined when its own standard streams are the way. */
  readonly directory: string | undefined;
  readonly output: Output;
  /** Between the creation of the container and its start. Rejects with an EngineError. */
  attach(id: ContainerId): Promise<void>;
  /** Resolves when the shim can be heard; maybe never, when it does not come: race it. */
  accept(maxFrameBytes: number): Promise<Channel>;
  /** Gives everything back. Idempotent. */
  close(): void;
}

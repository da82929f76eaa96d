import type { Config } from '../config/config.ts';
import type { Logger } from '../logger.ts';

/** What every part of the server is made with. */
export interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  /** Logs what went wrong where nobody waits for an answer. */
  readonly onFailure: (message: string, error: unknown) => void;
  /** Registers what undoes a part. The last registered is undone first. */
  readonly onStop: (close: () => Promise<void>) => void;
  /** Folder of this installation: `images/` and `dist/` are in it. */
  readonly installDirectory: string;
}

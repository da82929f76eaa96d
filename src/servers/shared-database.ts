import type { SharedCode } from '../artifacts/shared-code.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { ServerStore } from './server-store.ts';

/** What servers need of a database that they share, beside what is kept in it. */
export interface SharedDatabase {
  readonly code: SharedCode;
  readonly servers: ServerStore;
  readonly changes: ChangeFeed;
}

import type { DeadLetterStore } from '../async/dead-letter-store.ts';
import type { WebhookStore } from '../async/webhooks/webhook-store.ts';
import type { WorkStore } from '../async/work-store.ts';
import type { AliasStore } from '../functions/alias-store.ts';
import type { FunctionStore } from '../functions/function-store.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts';
import type { ImageStore } from '../runtimes/custom/image-store.ts';
import type { SharedDatabase } from '../servers/shared-database.ts';
import type { RuntimeStore } from '../runtimes/custom/runtime-store.ts';
import type { ScheduleStore } from '../schedules/schedule-store.ts';
import type { SecretStore } from '../secrets/secret-store.ts';

/** What a database keeps, in whichever it is. */
export interface StoreRecords {
  readonly functions: FunctionStore;
  readonly aliases: AliasStore;
  readonly runtimes: RuntimeStore;
  readonly images: ImageStore;
  readonly history: HistoryStore;
  readonly idempotency: IdempotencyStore;
  readonly schedules: ScheduleStore;
  readonly secrets: SecretStore;
  readonly work: WorkStore;
  readonly deadLetters: DeadLetterStore;
  readonly webhooks: WebhookStore;
}

/** An open store: a file in the data directory, or a PostgreSQL. */
export interface Store extends StoreRecords {
  /** Random, made with the data directory and kept for its life. Containers carry it as a label. */
  readonly instanceId: string;
  /** The steps that brought the database to this version's schema when it was opened; none when it had it already. */
  readonly migrated: readonly string[];
  /** Undefined for a database of one server's own. */
  readonly shared?: SharedDatabase;
  /** Lets go of the database and of the data directory. Nothing may be called after it. */
  close(): Promise<void>;
}

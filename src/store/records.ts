import type { Kysely } from 'kysely';
import { AliasRecords } from './alias-records.ts';
import { DeadLetterRecords } from './dead-letter-records.ts';
import { FunctionRecords } from './function-records.ts';
import { HistoryRecords } from './history-records.ts';
import { IdempotencyRecords } from './idempotency-records.ts';
import { ImageRecords } from './image-records.ts';
import { RuntimeRecords } from './runtime-records.ts';
import { ScheduleRecords } from './schedule-records.ts';
import { SecretRecords } from './secret-records.ts';
import type { StoreTables } from './schema.ts';
import type { StoreRecords } from './store.ts';
import type { Unhurried } from './unhurried.ts';
import { WebhookRecords } from './webhook-records.ts';
import { WorkRecords } from './work-records.ts';

/** Everything that is kept in a database of this version's schema, whichever database it is. */
export function recordsOf(database: Kysely<StoreTables>, unhurried: Unhurried): StoreRecords {
  return {
    functions: new FunctionRecords(database),
    aliases: new AliasRecords(database),
    runtimes: new RuntimeRecords(database),
    images: new ImageRecords(database),
    history: new HistoryRecords(database, unhurried),
    idempotency: new IdempotencyRecords(database),
    schedules: new ScheduleRecords(database),
    secrets: new SecretRecords(database),
    work: new WorkRecords(database),
    webhooks: new WebhookRecords(database),
    deadLetters: new DeadLetterRecords(database),
  };
}

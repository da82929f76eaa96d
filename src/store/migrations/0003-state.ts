import { PostgresAdapter, sql, type Kysely } from 'kysely';

export async function up(database: Kysely<unknown>): Promise<void> {
  const bytes = database.getExecutor().adapter instanceof PostgresAdapter ? sql`bytea` : sql`blob`;

  await database.schema
    .createTable('aliases')
    .addColumn('function_id', 'text', (column) => column.notNull().references('functions.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('other_version', 'integer')
    .addColumn('other_percent', 'integer')
    .addColumn('previous', 'text')
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('aliases_primary_key', ['function_id', 'name'])
    .execute();

  await database.schema
    .createTable('secrets')
    .addColumn('name', 'text', (column) => column.notNull().primaryKey())
    .addColumn('sealed', bytes, (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('version_secrets')
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('version_secrets_primary_key', ['function_id', 'number', 'secret'])
    .execute();
  await database.schema.createIndex('version_secrets_secret').on('version_secrets').column('secret').execute();

  await database.schema
    .createTable('invocations')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('function_name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error', 'text')
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('max_attempts', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('duration_ms', 'double precision')
    .addColumn('queue_ms', 'double precision')
    .addColumn('init_ms', 'double precision')
    .addColumn('cpu_ms', 'double precision')
    .addColumn('max_memory_bytes', 'bigint')
    .addColumn('exit_code', 'integer')
    .addColumn('cold_start', 'integer', (column) => column.notNull())
    .addColumn('logs_truncated', 'integer', (column) => column.notNull())
    .addColumn('replay_of', 'text')
    .addColumn('schedule', 'text')
    .addColumn('webhook', 'text')
    .execute();
  // Ids begin with the time: their order is the order of the invocations.
  await database.schema.createIndex('invocations_function').on('invocations').columns(['function_id', 'id']).execute();
  // Calls that went well are most of them: they are in one index alone, since every write pays for each.
  await database.schema
    .createIndex('invocations_outcome')
    .on('invocations')
    .columns(['function_id', 'outcome', 'id'])
    .where(sql`outcome`, '<>', sql`'ok'`)
    .execute();
  await database.schema
    .createIndex('invocations_state')
    .on('invocations')
    .columns(['function_id', 'state', 'id'])
    .where(sql`state`, '<>', sql`'succeeded'`)
    .execute();
  await database.schema
    .createIndex('invocations_mode')
    .on('invocations')
    .columns(['function_id', 'mode', 'id'])
    .where(sql`mode`, '<>', sql`'sync'`)
    .execute();
  await database.schema
    .createIndex('invocations_unfinished')
    .on('invocations')
    .columns(['state', 'id'])
    .where(sql`state`, 'in', sql`('queued', 'running', 'dead', 'cancelled')`)
    .execute();

  await database.schema
    .createIndex('invocations_dead')
    .on('invocations')
    .columns(['function_name', 'id'])
    .where(sql`state`, '=', sql`'dead'`)
    .execute();

  await database.schema
    .createTable('invocation_payloads')
    .addColumn('invocation_id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('envelope', bytes)
    .addColumn('result', bytes)
    .addColumn('logs', bytes)
    .execute();

  await database.schema
    .createTable('work')
    .addColumn('invocation_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('lease_token', 'text')
    .addColumn('lease_until', 'text')
    .addColumn('leased_by', 'text')
    .addColumn('details', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('work_primary_key', ['invocation_id', 'kind'])
    .execute();
  await database.schema.createIndex('work_due_at').on('work').columns(['kind', 'due_at']).execute();
  await database.schema
    .createIndex('work_kind_function')
    .on('work')
    .columns(['kind', 'function_id', 'due_at', 'invocation_id'])
    .execute();
  await database.schema.createIndex('work_function').on('work').columns(['function_id', 'version']).execute();

  await database.schema
    .createTable('schedules')
    .addColumn('function_id', 'text', (column) => column.notNull().references('functions.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('envelope', bytes, (column) => column.notNull())
    .addColumn('next_at', 'text')
    .addColumn('last_at', 'text')
    .addColumn('last_invocation_id', 'text')
    .addColumn('skipped', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('schedules_primary_key', ['function_id', 'name'])
    .execute();
  await database.schema.createIndex('schedules_next_at').on('schedules').column('next_at').execute();

  await database.schema
    .createTable('idempotency_keys')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('answer', bytes)
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotency_keys_primary_key', ['scope', 'key'])
    .execute();
  await database.schema.createIndex('idempotency_keys_expires').on('idempotency_keys').column('expires_at').execute();

  await database.schema
    .createTable('servers')
    .addColumn('instance_id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .execute();

  await database.schema
    .createTable('artifact_parts')
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('artifact_parts_primary_key', ['hash', 'part'])
    .execute();
}

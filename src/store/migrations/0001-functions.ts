import type { Kysely } from 'kysely';

export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('meta')
    .addColumn('key', 'text', (column) => column.notNull().primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();

  await database.schema
    .createTable('functions')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('latest_number', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  await database.schema
    .createTable('versions')
    .addColumn('function_id', 'text', (column) => column.notNull().references('functions.id'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('artifact_hash', 'text', (column) => column.notNull())
    .addColumn('artifact_bytes', 'bigint', (column) => column.notNull())
    .addColumn('entry_file', 'text', (column) => column.notNull())
    .addColumn('entry_export', 'text', (column) => column.notNull())
    .addColumn('entry_source_maps', 'integer', (column) => column.notNull())
    .addColumn('config', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('versions_primary_key', ['function_id', 'number'])
    .execute();

  await database.schema.createIndex('versions_artifact_hash').on('versions').column('artifact_hash').execute();
}

import { sql, type Kysely } from 'kysely';

export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('images')
    .addColumn('key', 'text', (column) => column.notNull().primaryKey())
    .addColumn('recipe_hash', 'text', (column) => column.notNull())
    .addColumn('serves_as', 'text', (column) => column.notNull())
    .addColumn('dockerfile', 'text', (column) => column.notNull())
    .addColumn('context_hash', 'text')
    .addColumn('image_id', 'text', (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('facts', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('unused_since', 'text')
    .execute();
  await database.schema.createIndex('images_recipe_hash').on('images').column('recipe_hash').execute();

  await database.schema
    .createTable('runtimes')
    .addColumn('name', 'text', (column) => column.notNull().primaryKey())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('contract', 'text', (column) => column.notNull())
    .addColumn('image_key', 'text')
    .addColumn('build_id', 'text', (column) => column.notNull())
    .addColumn('build_state', 'text', (column) => column.notNull())
    .addColumn('build_queued_at', 'text', (column) => column.notNull())
    .addColumn('build_ended_at', 'text')
    .addColumn('build_problem', 'text')
    .addColumn('build_problem_line', 'integer')
    .addColumn('build_log', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  await database.schema
    .alterTable('versions')
    .addColumn('runtime', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await database.schema.alterTable('versions').addColumn('image_key', 'text').execute();
  await nameRuntimes(database);
  await database.schema.createIndex('versions_runtime').on('versions').column('runtime').execute();
  await database.schema.createIndex('versions_image_key').on('versions').column('image_key').execute();
}

/** Versions from before say their runtime in their config only. Databases differ in how they look into JSON, so this does. */
async function nameRuntimes(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ readonly config: string }>`select distinct config from versions`.execute(database);
  for (const { config } of rows) {
    const { runtime } = JSON.parse(config) as { readonly runtime: string };
    await sql`update versions set runtime = ${runtime} where config = ${config}`.execute(database);
  }
}

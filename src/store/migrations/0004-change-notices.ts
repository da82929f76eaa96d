import { PostgresAdapter, sql, type Kysely } from 'kysely';

/**
 * Has PostgreSQL tell the servers that share it of every change to what they remember: with the commit of the change, or not at
 * all. Equal notices of one transaction are told once. Source: https://www.postgresql.org/docs/15/sql-notify.html.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  if (!(database.getExecutor().adapter instanceof PostgresAdapter)) return;
  // The channel's name has to be short; that of a schema need not be.
  await sql`
    create function sraas_tell() returns trigger language plpgsql as $$
    declare
      notice json;
    begin
      case tg_table_name
        when 'functions' then
          notice := json_build_object(
            'kind', 'function',
            'id', coalesce(new.id, old.id),
            'name', coalesce(new.name, old.name),
            'removed', tg_op = 'DELETE');
        when 'secrets' then
          notice := json_build_object('kind', 'secret', 'name', coalesce(new.name, old.name));
        else
          notice := json_build_object('kind', 'runtimes');
      end case;
      perform pg_notify('sraas_' || md5(tg_table_schema), notice::text);
      return null;
    end
    $$`.execute(database);
  for (const table of ['functions', 'secrets', 'runtimes', 'images']) {
    await sql`
      create trigger sraas_tell after insert or update or delete on ${sql.table(table)}
      for each row execute function sraas_tell()`.execute(database);
  }
}

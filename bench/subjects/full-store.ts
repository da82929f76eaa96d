import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** The version that all made-up functions have: the newest one of a function that was deployed. */
interface Pattern {
  readonly functionName: string;
}

const fullStore = { functions: 10_000, invocations: 1_000_000 } as const;

/**
 * Fills the database of a server that does not run: functions beside one that was deployed, each with the same version, and
 * invocations, every other one of them of the function that was deployed. One in twenty timed out.
 */
export function fillStore(path: string, { functionName }: Pattern): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('pragma synchronous = off; pragma cache_size = -200000; begin immediate');
    fillFunctions(database, functionName);
    fillInvocations(database, functionName);
    database.exec('commit');
  } finally {
    database.close();
  }
}

function fillFunctions(database: DatabaseSyncInstance, functionName: string): void {
  const columns = (table: string): readonly string[] =>
    (database.prepare(`pragma table_info(${table})`).all() as { name: string }[]).map(({ name }) => name);
  const replaced = (table: string, values: Readonly<Record<string, string>>): string =>
    columns(table)
      .map((name) => values[name] ?? `pattern.${name}`)
      .join(', ');
  database.exec(`
    insert into functions (${columns('functions').join(', ')})
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${fullStore.functions - 1})
      select ${replaced('functions', { id: "'full-' || n", name: "'full-' || n" })}
      from functions as pattern, numbers where pattern.name = '${functionName}';
    insert into versions (${columns('versions').join(', ')})
      select ${replaced('versions', { function_id: 'made.id' })}
      from versions as pattern, functions as made
      where pattern.function_id = (select id from functions where name = '${functionName}') and made.id like 'full-%'
  `);
}

/** A day's worth, up to now, so that nothing is too old to be kept. */
const spreadMs = 86_400_000;

function fillInvocations(database: DatabaseSyncInstance, functionName: string): void {
  const firstMs = Date.now() - spreadMs;
  const at = `strftime('%Y-%m-%dT%H:%M:%fZ', ms / 1000.0, 'unixepoch')`;
  database.exec(`
    insert into invocations (id, function_id, function_name, version, mode, state, outcome, attempt, max_attempts,
      created_at, started_at, ended_at, duration_ms, queue_ms, init_ms, cold_start, logs_truncated)
      with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${fullStore.invocations - 1}),
      made as (
        select n, ${firstMs} + n * ${spreadMs} / ${fullStore.invocations} as ms,
          case when n % 2 = 0 then (select id from functions where name = '${functionName}')
            else 'full-' || (1 + n % ${fullStore.functions - 1}) end as function_id
        from numbers
      )
      select printf('%08x-%04x-7%03x-8000-%012x', ms >> 16, ms & 65535, n % 4096, n), function_id, 'full', 1, 'sync',
        case when n % 40 < 2 then 'failed' else 'succeeded' end, case when n % 40 < 2 then 'timeout' else 'ok' end, 1, 1,
        ${at}, ${at}, ${at}, 1.5, 0, 0, 0, 0
      from made
  `);
}

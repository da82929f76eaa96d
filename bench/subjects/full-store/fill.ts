/** What two databases say in different words. */
export interface FillDialect {
  /** Names of a table's columns, in order. */
  readonly columns: (table: string) => Promise<readonly string[]>;
  readonly run: (statement: string) => Promise<unknown>;
  /** The low digits of a whole number, in hexadecimal. */
  readonly hex: (number: string, digits: number) => string;
  /** Milliseconds since 1970 as the time that the product writes. */
  readonly time: (milliseconds: string) => string;
}

const functions = 10_000;
const invocations = 1_000_000;
/** A day's worth, up to now, so that nothing is too old to be kept. */
const spreadMs = 86_400_000;

/**
 * Fills the database of a server that does not run: functions beside one that was deployed, each with the same version, and
 * invocations, every other one of them of the function that was deployed. One in twenty timed out.
 */
export async function fill(dialect: FillDialect, functionName: string): Promise<void> {
  await fillFunctions(dialect, functionName);
  await fillInvocations(dialect, functionName);
}

async function fillFunctions({ columns, run }: FillDialect, functionName: string): Promise<void> {
  const insert = async (table: string, values: Readonly<Record<string, string>>): Promise<string> => {
    const names = await columns(table);
    return `insert into ${table} (${names.join(', ')})
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${functions - 1})
      select ${names.map((name) => values[name] ?? `pattern.${name}`).join(', ')}`;
  };
  await run(`
    ${await insert('functions', { id: "'full-' || n", name: "'full-' || n" })}
    from functions as pattern, numbers
    where pattern.name = '${functionName}'
  `);
  await run(`
    ${await insert('versions', { function_id: "'full-' || n" })}
    from versions as pattern, numbers
    where pattern.function_id = (select id from functions where name = '${functionName}')
  `);
}

async function fillInvocations({ run, hex, time }: FillDialect, functionName: string): Promise<void> {
  const firstMs = Date.now() - spreadMs;
  const at = time('ms');
  const id = `${hex('ms / 65536', 8)} || '-' || ${hex('ms % 65536', 4)} || '-7' || ${hex('n % 4096', 3)} || '-8000-' || ${hex('n', 12)}`;
  await run(`
    insert into invocations (id, function_id, function_name, version, mode, state, outcome, attempt, max_attempts,
      created_at, started_at, ended_at, duration_ms, queue_ms, init_ms, cold_start, logs_truncated)
      with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${invocations - 1}),
      made as (
        select n, ${firstMs} + cast(n as bigint) * ${spreadMs} / ${invocations} as ms,
          case when n % 2 = 0 then (select id from functions where name = '${functionName}')
            else 'full-' || (1 + n % ${functions - 1}) end as function_id
        from numbers
      )
      select ${id}, function_id, 'full', 1, 'sync',
        case when n % 40 < 2 then 'failed' else 'succeeded' end, case when n % 40 < 2 then 'timeout' else 'ok' end, 1, 1,
        ${at}, ${at}, ${at}, 1.5, 0, 0, 0, 0
      from made
  `);
}

import type { Place } from './places.ts';
import { periodMs } from './timetables.ts';

const open = ['queued', 'running'];

/** What is wrong with the asynchronous work in a place that no server uses any more. */
export async function inspectWork(place: Place): Promise<readonly string[]> {
  return [
    ...(await lostWork(place)),
    ...(await lostCalls(place)),
    ...(await doubles(place)),
    ...(await runsTwice(place)),
  ];
}

/** An invocation waits if, and only if, somebody is to run it. */
async function lostWork(place: Place): Promise<readonly string[]> {
  const rows = await place.query(
    `select invocations.id as id, invocations.state as state, work.kind as kind from invocations
     left join work on work.invocation_id = invocations.id and work.kind = 'invoke' where invocations.mode <> 'sync'`,
  );
  return rows
    .filter(({ state, kind }) => open.includes(String(state)) !== (kind === 'invoke'))
    .map(({ id, state, kind }) => `${String(id)} is ${String(state)}, and its work is ${String(kind)}`);
}

/** The webhook of one that has ended is to be called if, and only if, it says so. */
async function lostCalls(place: Place): Promise<readonly string[]> {
  const rows = await place.query(
    `select invocations.id as id, invocations.webhook as webhook, work.kind as kind from invocations
     left join work on work.invocation_id = invocations.id and work.kind = 'webhook' where invocations.mode <> 'sync'`,
  );
  return rows
    .filter(({ webhook, kind }) => String(webhook).includes('"pending"') !== (kind === 'webhook'))
    .map(
      ({ id, webhook, kind }) => `the webhook of ${String(id)} is ${String(webhook)}, and its work is ${String(kind)}`,
    );
}

/** What was sent once, or with one key, is one invocation. */
async function doubles(place: Place): Promise<readonly string[]> {
  const rows = await place.query(
    `select invocation_payloads.envelope as envelope from invocation_payloads
     join invocations on invocations.id = invocation_payloads.invocation_id
     where invocations.mode = 'async' and envelope is not null`,
  );
  const nonces = rows.map(({ envelope }) => nonceOf(Buffer.from(envelope as Uint8Array)));
  return nonces
    .filter((nonce, index) => nonces.indexOf(nonce) !== index)
    .map((nonce) => `${nonce} is more than one invocation`);
}

function nonceOf(envelope: Buffer): string {
  return (JSON.parse(envelope.toString()) as { readonly event: { readonly nonce: string } }).event.nonce;
}

/** Runs of a schedule have ids that begin with the moment of their making, which is before the next time that they set. */
async function runsTwice(place: Place): Promise<readonly string[]> {
  const rows = await place.query(`select id, function_id from invocations where mode = 'scheduled' order by id`);
  const faults: string[] = [];
  const seen = new Map<string, string>();
  for (const row of rows) {
    const [id, fn] = [String(row['id']), String(row['function_id'])];
    const period = `${fn} ${Math.floor(millisecondsOf(id) / periodMs)}`;
    const before = seen.get(period);
    if (before !== undefined) faults.push(`a time was run twice: ${before} and ${id}`);
    seen.set(period, id);
  }
  return faults;
}

/** RFC 9562, section 5.7: the first 48 bits of a UUID of version 7 are milliseconds since 1970. */
function millisecondsOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

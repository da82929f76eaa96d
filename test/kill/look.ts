import { ClientError } from '../../src/client/client-error.ts';
import type { SraasClient } from '../../src/client/sraas-client.ts';
import type { Clients } from './clients.ts';
import type { Journal, Shown } from './journal.ts';

interface LookOptions {
  readonly journal: Journal;
  readonly clients: Clients;
  /** Whether each function is invoked, or only those about which nothing was known. */
  readonly everyCall: boolean;
}

/**
 * Asks a server that has just started for every function, and settles what got no answer before. Ends early when the server dies
 * meanwhile: then the next one is asked.
 */
export async function lookAtAll(client: SraasClient, { journal, clients, everyCall }: LookOptions): Promise<void> {
  try {
    const listed = new Set<string>();
    for await (const { name } of client.list()) listed.add(name);
    for (const name of journal.names) {
      const pending = journal.pending(name);
      const shown = await show(client, name);
      journal.look(name, shown);
      if (pending !== undefined) clients.count(`without an answer: ${pending.fate}`);
      if (listed.has(name) !== (shown !== undefined))
        journal.faults.push(`${name}: the list disagrees with the function`);
      listed.delete(name);
      if ((everyCall || pending !== undefined) && !(await clients.call(client, name))) return;
    }
    if (listed.size > 0) journal.faults.push(`functions that nobody deployed: ${[...listed].join(', ')}`);
  } catch (error) {
    if (!(error instanceof ClientError && error.code === 'UNREACHABLE')) throw error;
  }
}

async function show(client: SraasClient, name: string): Promise<Shown | undefined> {
  try {
    const { env, version, code } = await client.show(name);
    return { mark: env['MARK'] ?? '', version, sha256: code.sha256 };
  } catch (error) {
    if (error instanceof ClientError && error.code === 'FUNCTION_NOT_FOUND') return undefined;
    throw error;
  }
}

import { ask } from './ask.ts';
import type { Ledger, Seen } from './ledger.ts';

/** Asks what became of an accepted invocation. False when no server answers. */
export async function look(url: string, id: string, ledger: Ledger): Promise<boolean> {
  const answer = await ask(`${url}/invocations/${id}`);
  if (answer === undefined) return false;
  if (answer.status === 200) ledger.saw(id, answer.document as Seen);
  else if (answer.status === 404) ledger.saw(id, undefined);
  else if (!isDraining(answer.document)) ledger.unexpected(id, `${answer.status} ${JSON.stringify(answer.document)}`);
  return true;
}

/** Asks what became of all that had no end when last seen, and of some that had. */
export async function lookAtAll(url: string, ledger: Ledger): Promise<void> {
  const { open, ended } = ledger;
  for (const { id } of [...open, ...ended.slice(-20)]) if (!(await look(url, id, ledger))) return;
}

export function isDraining(document: unknown): boolean {
  return ((document ?? {}) as { readonly code?: string }).code === 'DRAINING';
}

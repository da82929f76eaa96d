import type { Ledger } from './ledger.ts';
import { clientOf, failed, ifThere, type Witness } from './witness.ts';

interface Looking {
  readonly witness: Witness;
  readonly ledger: Ledger;
}

/** Asks what became of an accepted invocation. False when no server answers. */
export async function look(url: string, id: string, { witness, ledger }: Looking): Promise<boolean> {
  try {
    ledger.saw(id, await ifThere(clientOf(url).invocations.show(id)));
    return true;
  } catch (error) {
    return failed(witness, 'look', id, error);
  }
}

/** Asks what became of all that had no end when last seen, and of some that had. */
export async function lookAtAll(url: string, looking: Looking): Promise<void> {
  const { open, ended } = looking.ledger;
  for (const { id } of [...open, ...ended.slice(-20)]) if (!(await look(url, id, looking))) return;
}

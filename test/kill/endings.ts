import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordDocument } from '../../src/wire/record.ts';
import { endOf, terminal, type Ledger } from './ledger.ts';
import type { Receiver, Told } from './receiver.ts';
import { clientOf, count, ifThere, type Witness } from './witness.ts';

/** Longer than the wait after two calls that failed. */
const patienceMs = 120_000;

interface EndingsParts {
  readonly witness: Witness;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
}

/** Waits until each invocation that has ended has been told of, and judges what was told: never another end than it had. */
export async function judgeWebhooks(url: string, { witness, ledger, receiver }: EndingsParts): Promise<void> {
  const { faults } = witness.journal;
  const deadline = AbortSignal.timeout(patienceMs);
  const untold = (): number => ledger.ended.filter(({ id }) => receiver.of(id).length === 0).length;
  while (untold() > 0 && !deadline.aborted) await sleep(100);
  if (untold() > 0) faults.push(`no webhook told of ${untold()} invocations that have ended`);
  const idOf = new Map<string, string>();
  for (const id of receiver.ids) {
    // Also of those whose 202 never came.
    const end = ledger.endOf(id) ?? (await ifThere(clientOf(url).invocations.show(id)));
    for (const told of receiver.of(id)) judge(told, end, faults);
    const [first] = receiver.of(id);
    const nonce = first && nonceOf(first);
    if (nonce === undefined || first?.mode !== 'async') continue;
    if (idOf.has(nonce)) faults.push(`${nonce} was run as two invocations, ${String(idOf.get(nonce))} and ${id}`);
    idOf.set(nonce, id);
  }
  count(witness, 'webhooks: invocations told of', receiver.ids.length);
  count(witness, 'webhooks: calls', receiver.calls);
}

function judge(told: Told, end: RecordDocument | undefined, faults: string[]): void {
  if (!terminal.has(told.state)) faults.push(`a webhook told of ${told.id} before its end: ${endOf(told)}`);
  else if (end === undefined) faults.push(`a webhook told of ${told.id}, which nobody knows`);
  // A result that is not kept is left out, where a webhook tells of null.
  else if (endOf({ ...told, result: null }) !== endOf({ ...end, result: null })) {
    faults.push(`a webhook told of ${told.id}: ${endOf(told)}; its end is ${endOf(end)}`);
  }
}

/** What an invocation was sent with, as far as its end tells it. */
function nonceOf({ result, error }: Told): string | undefined {
  const { nonce } = (result ?? {}) as { nonce?: string };
  return nonce ?? /\ba\d+\b/.exec(error ?? '')?.[0];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { aliasesOf } from './aliases.ts';
import type { Belongings } from './belongings.ts';
import { judgeWebhooks } from './endings.ts';
import { Keepers } from './keepers.ts';
import { Ledger } from './ledger.ts';
import { lookAtAll } from './look.ts';
import type { Receiver } from './receiver.ts';
import { Records } from './records.ts';
import { Sights } from './sights.ts';
import { awaitRuns, timetablesOf } from './timetables.ts';
import { count, type Witness } from './witness.ts';

/** Longer than all attempts of what waits in the end. */
const patienceMs = 120_000;

/** What all users of a campaign know, beside what is in the journal. */
export interface Knowledge {
  readonly aliases: Belongings;
  readonly timetables: Belongings;
  readonly keepers: Keepers;
  readonly records: Records;
  readonly ledger: Ledger;
  readonly sights: Sights;
}

/** @param hearingMs so long a server may not have heard of what others did; 0 when there are no others. */
export function nothingKnown(witness: Witness, hearingMs: number): Knowledge {
  const { journal } = witness;
  const aliases = aliasesOf(witness);
  const keepers = new Keepers(witness);
  const sights = new Sights({ journal, hearingMs, keepers, aliases });
  const ledger = new Ledger(journal, (accepted, echo, ranUntil) => {
    sights.reply(accepted, echo, accepted.version, ranUntil);
  });
  return { aliases, keepers, sights, ledger, timetables: timetablesOf(witness), records: new Records(witness) };
}

/** Waits until all that runs later has its end and has been told of, and judges everything that was answered. */
export async function judgeAll(
  url: string,
  { witness, knowledge, receiver }: { witness: Witness; knowledge: Knowledge; receiver: Receiver },
): Promise<void> {
  const { aliases, timetables, keepers, ledger } = knowledge;
  await awaitRuns(url, timetables, witness);
  const deadline = AbortSignal.timeout(patienceMs);
  while (ledger.open.length > 0 && !deadline.aborted) {
    await lookAtAll(url, { witness, ledger });
    await sleep(100);
  }
  for (const [state, times] of ledger.judge()) count(witness, `async ended: ${state}`, times);
  await judgeWebhooks(url, { witness, ledger, receiver });
  count(witness, 'replies judged: by version', witness.journal.judgeCalls());
  count(witness, 'replies judged: by alias', aliases.judge());
  count(witness, 'replies judged: by secret', keepers.judge());
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import type { CampaignOptions, Report } from './campaign.ts';
import { killInTurn } from './deaths.ts';
import { Dice } from './dice.ts';
import { inspectPlace } from './inspect.ts';
import { inspectWork } from './inspect-work.ts';
import { Journal } from './journal.ts';
import { secretNames, signingSecret } from './keepers.ts';
import { describeKill, type Kill } from './kills.ts';
import { judgeAll, nothingKnown } from './knowledge.ts';
import type { Place } from './places.ts';
import { Receiver } from './receiver.ts';
import { Side } from './side.ts';
import { Users } from './users.ts';
import type { Witness } from './witness.ts';

/** A change at one server is usually heard of at the other within milliseconds; these machines are busy. */
const hearingMs = 5000;

/** Every third dead server counts as dead, so that the other has to do its part before it is back. */
const mournedEvery = 3;

/**
 * Kills two servers of one database in turn while the other goes on: each change of a function is made and looked at through one
 * of them, asynchronous work is run by whoever is free. A dead one comes back, at times only after the other has taken over.
 */
export async function runPairCampaign({
  seed,
  newPlace,
  kills,
  functionCount = 8,
  onKill,
}: CampaignOptions): Promise<Report> {
  const place = await newPlace();
  const otherDirectory = await mkdtemp(join(tmpdir(), 'sraas-kill-'));
  const places = await sharing(place, otherDirectory);
  const names = Array.from({ length: functionCount }, (_, i) => `paired-${i}`);
  const journal = new Journal(names);
  const witness: Witness = { journal, tally: new Map(), dice: new Dice(seededRandom(seed)) };
  const receiver = await Receiver.open(signingSecret.value, journal.faults);
  const knowledge = nothingKnown(witness, hearingMs);
  const sides = places.map((one, i) => {
    const own = <T>(all: readonly T[]): readonly T[] => all.filter((_one, place) => place % places.length === i);
    const theirs = { names: own(names), secrets: own(secretNames) };
    const users = new Users({ witness, knowledge, ...theirs, webhookUrl: receiver.url });
    return { users, side: new Side({ name: `server ${i + 1}`, place: one, users, witness }) };
  });
  for (const { side } of sides) await side.begin();
  await killInTurn(kills, onKill, async (kill, i) => {
    const { side } = sides[i % sides.length] ?? {};
    if (side === undefined) throw new RangeError('There are no servers');
    await killOne(side, kill, i % mournedEvery === 0);
    return `${side.name}: ${describeKill(kill)}`;
  });
  await Promise.all(sides.map(({ side }) => side.rest()));
  // Now both must have heard of all that there is.
  await sleep(hearingMs);
  const urls = sides.map(({ side }) => side.listening.url);
  for (const { users } of sides) for (const url of urls) await users.look(url, { everyCall: true });
  await judgeAll(urls[0] ?? '', { witness, knowledge, receiver });
  for (const { side } of sides) await side.end();
  await receiver.close();
  await knowledge.records.judge(place);
  journal.faults.push(...(await inspectWork(place)));
  for (const [i, one] of places.entries()) {
    const { instanceId } = sides[i]?.side.listening ?? { instanceId: '' };
    journal.faults.push(...(await inspectPlace(one, instanceId, false)));
  }
  if (journal.faults.length === 0) {
    await place.remove();
    await rm(otherDirectory, { recursive: true });
  } else journal.faults.push(`the data directories are kept: ${place.directory} and ${otherDirectory}`);
  return { kills: kills.length, tally: witness.tally, faults: journal.faults };
}

/** At work it is killed where it is; a failpoint needs a new life first. */
async function killOne(side: Side, kill: Kill, isMourned: boolean): Promise<void> {
  if (kill.failAt === undefined && kill.phase !== 'start') await side.die(kill);
  else {
    await side.die({ phase: 'work', afterMs: 300 });
    await side.begin(kill);
    if (kill.phase !== 'start') await side.die(kill);
  }
  if (isMourned) await side.isMourned();
  await side.begin();
}

/** The same database twice, each with a directory and with user ids of its own, and one key of secrets for both. */
async function sharing(place: Place, otherDirectory: string): Promise<readonly Place[]> {
  const keyFile = join(place.directory, 'shared.key');
  await writeFile(keyFile, randomBytes(32), { mode: 0o600 });
  const { directory, flags } = place;
  const withKey = (uids: readonly string[]): readonly string[] => [...flags, '--secrets-key-file', keyFile, ...uids];
  return [
    { ...place, flags: withKey(['--first-uid', '20000', '--last-uid', '29999']) },
    {
      ...place,
      directory: otherDirectory,
      flags: withKey(['--first-uid', '30000', '--last-uid', '39999']).map((flag) =>
        flag === directory ? otherDirectory : flag,
      ),
    },
  ];
}

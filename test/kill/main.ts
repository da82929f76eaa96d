import { parseArgs } from 'node:util';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import { startPostgres } from '../support/postgres/server.ts';
import type { StoreKind } from '../support/store-kind.ts';
import { type CampaignOptions, type Report, runCampaign } from './campaign.ts';
import { type Kill, planKills, withoutFirstStarts } from './kills.ts';
import { runPairCampaign } from './pair-campaign.ts';
import { newPostgresPlace, newSqlitePlace, type NewPlace } from './places.ts';

const usage = `Usage: npm run test:kill [-- --kills 100] [-- --seed NUMBER] [-- --store sqlite|postgres|both]
       [-- --servers 1|2|both]

Kills a server at every failpoint and at random moments while clients deploy, invoke and remove functions, set aliases,
schedules and secrets and send asynchronous work, and tells whether it kept its word. So many kills on each store, in
the order that the seed decides; each failpoint once, if that is more. On PostgreSQL then two servers in turn, each of
them while the other goes on: a third of the kills, at failpoints of a server's work.`;

interface Course {
  readonly store: StoreKind;
  readonly servers: 1 | 2;
}

const courses: readonly Course[] = [
  { store: 'sqlite', servers: 1 },
  { store: 'postgres', servers: 1 },
  { store: 'postgres', servers: 2 },
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
      store: { type: 'string', default: 'both' },
      servers: { type: 'string', default: 'both' },
      help: { type: 'boolean', default: false },
    },
  });
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  const wanted = courses.filter(
    ({ store, servers }) =>
      ['both', store].includes(values.store) && ['both', String(servers)].includes(values.servers),
  );
  if (values.help || wanted.length === 0 || !Number.isInteger(seed) || !Number.isInteger(kills) || seed < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  let faults = 0;
  for (const course of wanted) faults += (await run(course, seed, kills)).faults.length;
  return faults === 0 ? 0 : 1;
}

async function run({ store, servers }: Course, seed: number, count: number): Promise<Report> {
  const what = `seed ${seed} on ${store}${servers === 2 ? ' with two servers' : ''}`;
  console.log(what);
  const planned = planKills(count, store, seededRandom(seed));
  const begunAt = performance.now();
  const report = await withPlaces(store, (newPlace) => {
    const onKill = (line: string): void => {
      console.log(line);
    };
    const options = { seed, newPlace, onKill };
    return servers === 1 ? runCampaign({ ...options, kills: planned }) : runPair(options, planned, count);
  });
  const tally = [...report.tally].toSorted(([one], [other]) => one.localeCompare(other));
  for (const [name, times] of tally) console.log(`${String(times).padStart(7)} ${name}`);
  for (const fault of report.faults) console.log(`BROKEN  ${fault}`);
  const verdict = report.faults.length === 0 ? 'every promise was kept' : `${report.faults.length} faults`;
  const minutes = ((performance.now() - begunAt) / 60_000).toFixed(1);
  console.log(`${report.kills} kills with ${what} in ${minutes} minutes: ${verdict}`);
  return report;
}

function runPair(options: Omit<CampaignOptions, 'kills'>, planned: readonly Kill[], count: number): Promise<Report> {
  return runPairCampaign({ ...options, kills: withoutFirstStarts(planned).slice(0, Math.ceil(count / 3)) });
}

async function withPlaces<T>(store: StoreKind, work: (newPlace: NewPlace) => Promise<T>): Promise<T> {
  if (store === 'sqlite') return await work(newSqlitePlace);
  const postgres = await startPostgres();
  try {
    return await work(newPostgresPlace(postgres));
  } finally {
    await postgres.stop();
  }
}

process.exitCode = await main();

import { parseArgs } from 'node:util';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import { startPostgres } from '../support/postgres/server.ts';
import type { StoreKind } from '../support/store-kind.ts';
import { type Report, runCampaign } from './campaign.ts';
import { planKills } from './kills.ts';
import { newPostgresPlace, newSqlitePlace, type NewPlace } from './places.ts';

const usage = `Usage: npm run test:kill [-- --kills 100] [-- --seed NUMBER] [-- --store sqlite|postgres|both]

Kills a server at every failpoint and at random moments while clients deploy, invoke and remove functions and send
asynchronous work, and tells whether it kept its word. So many kills on each store, in the order that the seed decides.`;

const stores: Readonly<Record<string, readonly StoreKind[]>> = {
  sqlite: ['sqlite'],
  postgres: ['postgres'],
  both: ['sqlite', 'postgres'],
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
      store: { type: 'string', default: 'both' },
      help: { type: 'boolean', default: false },
    },
  });
  const kinds = stores[values.store];
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  if (values.help || kinds === undefined || !Number.isInteger(seed) || !Number.isInteger(kills) || seed < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  let faults = 0;
  for (const kind of kinds) faults += (await kill(kind, seed, kills)).faults.length;
  return faults === 0 ? 0 : 1;
}

async function kill(kind: StoreKind, seed: number, count: number): Promise<Report> {
  const what = `seed ${seed} on ${kind}`;
  console.log(what);
  const report = await withPlaces(kind, (newPlace) =>
    runCampaign({
      seed,
      newPlace,
      kills: planKills(count, kind, seededRandom(seed)),
      onKill: (line) => {
        console.log(line);
      },
    }),
  );
  for (const [name, times] of [...report.tally].sort()) console.log(`${String(times).padStart(7)} ${name}`);
  for (const fault of report.faults) console.log(`BROKEN  ${fault}`);
  const verdict = report.faults.length === 0 ? 'every promise was kept' : `${report.faults.length} faults`;
  console.log(`${report.kills} kills with ${what}: ${verdict}`);
  return report;
}

async function withPlaces<T>(kind: StoreKind, work: (newPlace: NewPlace) => Promise<T>): Promise<T> {
  if (kind === 'sqlite') return await work(newSqlitePlace);
  const postgres = await startPostgres();
  try {
    return await work(newPostgresPlace(postgres));
  } finally {
    await postgres.stop();
  }
}

process.exitCode = await main();

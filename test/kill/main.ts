import { parseArgs } from 'node:util';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import { runCampaign } from './campaign.ts';
import { planKills } from './kills.ts';

const usage = `Usage: npm run test:kill [-- --kills 100] [-- --seed NUMBER]

Kills a server at every failpoint and at random moments while clients deploy, invoke and remove functions, and tells
whether it kept its word.`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else {
  const seed = Number(values.seed);
  console.log(`seed ${seed}`);
  const kills = planKills(Number(values.kills), seededRandom(seed));
  const report = await runCampaign({
    seed,
    kills,
    onKill: (line) => {
      console.log(line);
    },
  });
  for (const [what, count] of [...report.tally].sort()) console.log(`${String(count).padStart(7)} ${what}`);
  for (const fault of report.faults) console.log(`BROKEN  ${fault}`);
  const verdict = report.faults.length === 0 ? 'every promise was kept' : `${report.faults.length} faults`;
  console.log(`${report.kills} kills with seed ${seed}: ${verdict}`);
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

import { join } from 'node:path';
import { inject, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../src/cli/program.ts';
import { migrations } from '../../../src/store/migrations/all.ts';
import { newDatabase } from '../../support/postgres/keeper.ts';
import { recordWorld } from '../cli/recorded-world.ts';
import { temporaryDirectory } from './temporary-store.ts';

async function databaseOfThisRun(): Promise<Readonly<Record<string, string>>> {
  if (inject('storeKind') === 'sqlite') return {};
  const database = await newDatabase();
  onTestFinished(() => database.drop());
  return { SRAAS_DATABASE_URL: database.url };
}

it('`sraas db migrate` brings a database up once, and says by which steps', async () => {
  const environment = await databaseOfThisRun();
  const directory = join(await temporaryDirectory(), 'data');
  const migrate = async (...more: readonly string[]) => {
    const recorded = recordWorld({ environment });
    const exitCode = await runCli(['db', 'migrate', '--data-dir', directory, ...more], recorded.world);
    return { exitCode, stdout: recorded.stdout(), stderr: recorded.stderr() };
  };
  const steps = Object.keys(migrations).join(', ');
  const first = `The database was brought to this version's schema: ${steps}.\n`;
  expect(await migrate()).toEqual({ exitCode: 0, stdout: first, stderr: '' });
  expect((await migrate()).stdout).toBe("The database has this version's schema already.\n");
  expect(JSON.parse((await migrate('--json')).stdout)).toEqual({ steps: [] });
});

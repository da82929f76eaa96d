import { bytesText } from '../terminal/amounts.ts';
import { ok, problem, warning, type Check } from './finding.ts';
import { atLeast } from './version.ts';

const lowSpaceBytes = 2_000_000_000;
const noSpaceBytes = 100_000_000;

export const checkNode: Check = ({ nodeVersion }) => {
  const name = 'Node.js';
  if (atLeast(nodeVersion, '20.19')) return ok(name, nodeVersion);
  return problem(
    name,
    `${nodeVersion} is older than 20.19`,
    'The server needs Node.js 20.19 or newer.',
    'nvm install 24',
  );
};

export const checkSettings: Check = ({ settingProblems }) => {
  const name = 'settings';
  if (settingProblems.length === 0) return ok(name, 'understood');
  const reason = 'The server refuses to start with settings that it does not understand.';
  return problem(name, settingProblems.join(' '), reason, 'sraas serve --help');
};

export const checkDataDirectory: Check = ({ dataDirectory: { path, found }, userId }) => {
  const name = 'data directory';
  if (found === undefined) return ok(name, `${path}, made when the server starts`);
  const shown = quoted(path);
  if (!found.isDirectory) {
    return problem(
      name,
      `${path} is not a folder`,
      'Functions and their code are kept there.',
      `mv ${shown} ${quoted(`${path}.old`)}`,
    );
  }
  if (userId !== undefined && found.ownerId !== userId) {
    const detail = `${path} belongs to user ${found.ownerId}`;
    const reason = 'Only its owner can keep what is in it from others.';
    return problem(name, detail, reason, `sudo chown -R ${userId} ${shown}`);
  }
  if ((found.mode & 0o077) !== 0) {
    const detail = `${path} has mode ${found.mode.toString(8).padStart(4, '0')}`;
    const command = `chmod 700 ${shown}`;
    if ((found.mode & 0o022) === 0) return warning(name, detail, "Other users can read the functions' code.", command);
    return problem(name, detail, "Other users can change the functions' code.", command);
  }
  return ok(name, path);
};

export const checkDatabase: Check = ({ database }) => {
  const name = 'database';
  if (database === undefined) return undefined;
  if (!database.usable) {
    const reason =
      'State is kept in the PostgreSQL that --database-url names, and the server does not start without it.';
    return problem(name, database.message, reason, 'sraas db migrate');
  }
  const { found, stepsBehind } = database;
  return ok(name, stepsBehind === 0 ? found : `${found}, ${stepsBehind} steps behind: the next start takes them`);
};

export const checkFreeSpace: Check = ({ dataDirectory: { path, freeBytes }, lowDiskBytes }) => {
  const name = 'free space';
  if (freeBytes === undefined) return undefined;
  const detail = `${bytesText(freeBytes)} for ${path}`;
  if (freeBytes >= lowSpaceBytes) return ok(name, detail);
  const isLow = freeBytes < lowDiskBytes;
  const reason = isLow
    ? `Deploys are refused below --low-disk-mb, ${bytesText(lowDiskBytes)}.`
    : 'Deploys fail when the disk is full.';
  const command = `df -h ${quoted(path)}`;
  return isLow || freeBytes < noSpaceBytes
    ? problem(name, detail, reason, command)
    : warning(name, detail, reason, command);
};

export const checkPort: Check = ({ port: { host, port, state } }) => {
  const name = 'port';
  const address = `${host}:${port}`;
  switch (state) {
    case 'free':
      return ok(name, `${address} is free`);
    case 'ours':
      return ok(name, `the server answers at ${address}`);
    case 'taken':
      return problem(name, `${address} is taken`, 'Another program listens there.', `ss -ltnp 'sport = :${port}'`);
    case 'refused':
      return problem(name, `${address} may not be used`, 'This user cannot listen there.', 'sraas serve --port 8080');
    default:
      return state satisfies never;
  }
};

export const checkUser: Check = ({ userId }) => {
  const name = 'user';
  if (userId === undefined) return undefined;
  if (userId !== 0) return ok(name, `user id ${userId}`);
  const reason = 'A flaw in the server would be one of the whole machine; a user of its own needs only the engine.';
  return warning(name, 'this is root', reason, 'sudo useradd --create-home --groups docker sraas && sudo -iu sraas');
};

function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

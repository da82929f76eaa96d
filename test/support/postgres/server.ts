import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, lchown, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { copyPostgres } from './binaries.ts';

/** A PostgreSQL of the tests' own, in a temporary folder, which goes with whoever started it, however that ends. */
export interface PostgresServer {
  /** Address of a database, with a password in it. */
  url(database: string): string;
  /** Makes an empty database. */
  createDatabase(name: string, options?: string): Promise<void>;
  /** Ends whoever is connected to it. */
  dropDatabase(name: string): Promise<void>;
  /** Runs a statement as the owner of all, in a database. */
  query(database: string, statement: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/**
 * Ends PostgreSQL when its standard input closes, which it does when the parent is gone for whatever reason, and removes the folder
 * that the first parameter names.
 */
const watchdog =
  'folder=$1; shift; "$@" </dev/null & child=$!; cat >/dev/null; kill -QUIT $child; wait $child; rm -rf "$folder"';

/** @param settings of postgresql.conf, beside those that make it quick and forgetful of power cuts. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-postgres-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const user = await ordinaryUser();
    const data = join(directory, 'data');
    await chmod(directory, 0o755);
    await Promise.all([copyPostgres(join(directory, 'native')), mkdir(data, { mode: 0o700 })]);
    if (user !== undefined) await giveAll(directory, user);
    const program = (name: string): string => join(directory, 'native', 'bin', name);
    const password = randomBytes(12).toString('hex');
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, password);
    await run(
      program('initdb'),
      ['-D', data, '-U', 'owner', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale', '-N'],
      user,
    );
    const port = await freePort();
    const child = await launch(program('postgres'), data, port, settings, user);
    const url = (database: string): string => `postgres://owner:${password}@127.0.0.1:${port}/${database}`;
    const query = async (database: string, statement: string): Promise<readonly Record<string, unknown>[]> => {
      const client = new Client(url(database));
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await client.end();
      }
    };
    return {
      url,
      query,
      createDatabase: async (name, options = '') => {
        await query('postgres', `create database "${name}" ${options}`);
      },
      dropDatabase: async (name) => {
        await query('postgres', `drop database if exists "${name}" with (force)`);
      },
      stop: async () => {
        await end(child);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. Undefined when this process is not. */
async function ordinaryUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (found === undefined) throw new Error('there is no user but root to run PostgreSQL as');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** So that it can be removed by whoever runs PostgreSQL. */
async function giveAll(directory: string, { uid, gid }: User): Promise<void> {
  await chown(directory, uid, gid);
  const entries = await readdir(directory, { recursive: true });
  await Promise.all(entries.map((entry) => lchown(join(directory, entry), uid, gid)));
}

async function run(program: string, programArguments: readonly string[], user: User | undefined): Promise<void> {
  const child = spawn(program, programArguments, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${said}`);
}

async function launch(
  program: string,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
  user: User | undefined,
): Promise<ChildProcess> {
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    fsync: 'off',
    full_page_writes: 'off',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(join(data, '..', 'log'), 'a');
  const child = spawn('/bin/sh', ['-c', watchdog, 'sh', join(data, '..'), program, '-D', data, ...flags], {
    ...user,
    // An interrupt from the terminal is for the tests; this ends when they do.
    detached: true,
    stdio: ['pipe', log.fd, 'pipe'],
  });
  await log.close();
  await untilReady(child);
  return child;
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error('PostgreSQL has no output');
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (said.includes('ready to accept connections')) resolve();
    });
  });
  const timeout = AbortSignal.timeout(startTimeoutMs);
  await Promise.race([
    ready,
    once(child, 'exit', { signal: timeout }).then(
      () => Promise.reject(new Error(`PostgreSQL ended: ${said}`)),
      () => Promise.reject(new Error(`PostgreSQL did not start in time: ${said}`)),
    ),
  ]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { startPostgres, type PostgresServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket at which the tests of a run ask for databases. */
    postgresKeeper: string;
  }
}

/**
 * Gives the tests of a run databases on one PostgreSQL, which is started when the first is asked for: a run that needs none
 * does not wait for it.
 */
export default async function keepPostgres(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-keeper-'));
  const socketPath = join(directory, 'keeper.sock');
  let started: Promise<PostgresServer> | undefined;
  const answer = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const name = asked.url?.slice(1) ?? '';
    try {
      started ??= startPostgres();
      const postgres = await started;
      if (asked.method === 'DELETE') await postgres.dropDatabase(name);
      else await postgres.createDatabase(name, await text(asked));
      reply.end(postgres.url(name));
    } catch (error) {
      reply.writeHead(500).end(String(error));
    }
  };
  const server = createServer((asked, reply) => void answer(asked, reply)).listen(socketPath);
  await once(server, 'listening');
  project.provide('postgresKeeper', socketPath);
  return async () => {
    server.close();
    await (await started?.catch(() => undefined))?.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

/**
 * An empty database on the PostgreSQL of this run, for the time until it is let go of.
 *
 * @param options of the statement that creates it.
 */
export async function newDatabase(options = ''): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = await ask('PUT', name, options);
  return {
    url,
    drop: async () => {
      await ask('DELETE', name);
    },
  };
}

async function ask(method: string, name: string, body = ''): Promise<string> {
  const asked = request({ socketPath: inject('postgresKeeper'), method, path: `/${name}` }).end(body);
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  const answer = await text(reply);
  if (reply.statusCode !== 200) throw new Error(`no database: ${answer}`);
  return answer;
}

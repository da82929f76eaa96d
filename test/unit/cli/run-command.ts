import type { Adapters } from '../../../src/cli/adapters.ts';
import type { ExitCode } from '../../../src/cli/exit-code.ts';
import { runCli } from '../../../src/cli/program.ts';
import { recordWorld, type RecordedWorld, type Stand } from './recorded-world.ts';

/** For commands that go to a server for everything. */
export const noAdapters: Adapters = {
  createPlatform: () => Promise.reject(new Error('no platform in this test')),
  createEngine: () => Promise.reject(new Error('no engine in this test')),
};

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

export interface SentRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Read as JSON, where it is text. */
  readonly body: unknown;
}

/** Runs one command line in a world that records what it prints. */
export async function runIn(recorded: RecordedWorld, commandLine: readonly string[]): Promise<Ran> {
  const exitCode = await runCli(commandLine, recorded.world, noAdapters);
  return { exitCode, stdout: recorded.stdout(), stdoutBytes: recorded.stdoutBytes(), stderr: recorded.stderr() };
}

/** Runs one command line against a server that has these replies, one for each request, and no more. */
export async function runAgainst(
  responses: readonly Response[],
  commandLine: readonly string[],
  stand: Omit<Stand, 'fetch'> = {},
): Promise<Ran & { readonly requests: readonly SentRequest[] }> {
  const requests: SentRequest[] = [];
  const waiting = [...responses];
  const recorded = recordWorld({
    ...stand,
    environment: { SRAAS_URL: 'http://server.test' },
    fetch: (url, { method = 'GET', body }) => {
      const document: unknown = typeof body === 'string' ? JSON.parse(body) : body;
      requests.push({ method, path: url.replace('http://server.test', ''), body: document });
      const response = waiting.shift();
      return response ? Promise.resolve(response) : Promise.reject(new Error('one request too many'));
    },
  });
  return { ...(await runIn(recorded, commandLine)), requests };
}

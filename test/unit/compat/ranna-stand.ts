import { rannaApp } from '../../../src/compat/ranna/app.ts';
import { RateLimit } from '../../../src/compat/ranna/rate-limit.ts';
import { RannaRuns } from '../../../src/compat/ranna/runs.ts';
import { RannaSocket } from '../../../src/compat/ranna/socket.ts';
import { onTestFinished } from 'vitest';
import { languages } from './pretended-languages.ts';
import { PretendedPrograms } from './pretended-programs.ts';
import { appParts, serveApi } from './served-api.ts';

interface RannaStand {
  readonly programs: PretendedPrograms;
  readonly url: string;
  readonly socket: RannaSocket;
}

interface StandOptions {
  readonly outputBytes?: number;
  readonly burst?: number;
  readonly trustedProxies?: readonly string[];
  readonly engineVersion?: () => Promise<string>;
  /** The time that the rate limit goes by. */
  readonly now?: () => number;
}

/** ranna's API, both doors of it, over programs that are pretended. */
export async function serveRanna(options: StandOptions = {}): Promise<RannaStand> {
  const { outputBytes = 1000, burst = 0, trustedProxies = [] } = options;
  const programs = new PretendedPrograms();
  const runs = new RannaRuns({ ...appParts, programs, languages, timeoutMs: 20_000 });
  let count = 0;
  const socket = new RannaSocket({
    ...appParts,
    runs,
    newId: () => `run-${++count}`,
    rateLimit: new RateLimit({ burst, refillMs: 1000, ...(options.now === undefined ? {} : { now: options.now }) }),
    trustedProxies: new Set(trustedProxies),
  });
  const info = {
    version: '1.2.3',
    builtAt: new Date('2026-01-02T03:04:05Z'),
    engineVersion: options.engineVersion ?? (() => Promise.resolve('20.10.0')),
  };
  const app = rannaApp({ ...appParts, runs, languages, outputBytes, info });
  const url = await serveApi(app, {
    onUpgrade: (request, connection, head) => {
      socket.upgrade(request, connection, head);
    },
  });
  onTestFinished(() => {
    socket.close();
  });
  return { programs, url, socket };
}

import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildStamp } from './build.mjs';
import { lastLines } from './program.mjs';
import { mainProgram, project } from './project.mjs';
import { ServerProcess } from './server-process.mjs';
import { SetupError } from './setup-error.mjs';
import { ok, step } from './step.mjs';

const startTimeoutMs = 30_000;

/** Makes sure that a server of the newest build runs in the background. */
export async function ensureServer({ engine, settings }) {
  const server = new ServerProcess(settings.dataDirectory);
  const running = await server.find();
  if (running !== undefined) {
    const current = running.startedAtMs >= statSync(buildStamp).mtimeMs && running.url === settings.url;
    if (current && (await isHealthy(settings.url))) {
      ok('server', `running at ${settings.url} (process ${running.pid})`);
      return;
    }
    await step(
      'server',
      `stopping process ${running.pid}, which is older than the build or set up otherwise`,
      'stopped',
      async () => {
        if (await server.stop(running.pid, settings.drainTimeoutMs + 10_000)) return;
        throw new SetupError(
          `The server (process ${running.pid}) has not ended yet: wait for its calls, or end it with \`kill -9 ${running.pid}\`.`,
        );
      },
    );
  }
  if (await isListening(settings)) {
    throw new SetupError(
      `Something else listens on ${settings.host}:${settings.port}: stop it, or choose another port, \`SRAAS_PORT=${settings.port + 1} npm run up\`.`,
    );
  }
  await step('server', `starting, log in ${server.log}`, `answers at ${settings.url}`, () =>
    start(server, engine, settings),
  );
}

async function start(server, engine, { dataDirectory, url }) {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  mkdirSync(server.directory, { recursive: true, mode: 0o700 });
  const sizeBefore = statSync(server.log, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(server.log, 'a', 0o600);
  const child = spawn(process.execPath, [mainProgram, 'serve'], {
    cwd: project,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, SRAAS_ENGINE_HOST: engine },
  });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  server.record(child.pid, url);
  child.unref();
  const giveUpAt = Date.now() + startTimeoutMs;
  while (!(await isHealthy(url))) {
    if (ended) {
      server.forget();
      const said = readFileSync(server.log).subarray(sizeBefore).toString('utf8');
      throw new SetupError(`The server ended right after its start; its log says:\n${lastLines(said, 10)}`);
    }
    if (Date.now() > giveUpAt) {
      throw new SetupError(
        `The server did not answer at ${url} within ${startTimeoutMs / 1000} s; its log is ${server.log}.`,
      );
    }
    await sleep(100);
  }
}

async function isHealthy(url) {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function isListening({ host, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runQuietly } from './program.mjs';
import { mainProgram } from './project.mjs';

/** The record of the server that `npm run up` started: a file with its process id and its address, a line each. */
export class ServerProcess {
  constructor(dataDirectory) {
    this.directory = join(dataDirectory, 'run');
    this.log = join(this.directory, 'server.log');
    this.pidFile = join(this.directory, 'server.pid');
  }

  record(pid, url) {
    writeFileSync(this.pidFile, `${pid}\n${url}\n`);
  }

  forget() {
    rmSync(this.pidFile, { force: true });
  }

  /** The running server; undefined when there is none, or when its process id is somebody else's by now. */
  async find() {
    let lines;
    try {
      lines = readFileSync(this.pidFile, 'utf8').split('\n');
    } catch {
      return undefined;
    }
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 1 || !(await isServer(pid))) return undefined;
    return { pid, url: lines[1], startedAtMs: statSync(this.pidFile).mtimeMs };
  }

  /** Asks the server to end and waits until it has. Resolves with false when it is still there after the time limit. */
  async stop(pid, timeoutMs) {
    process.kill(pid, 'SIGTERM');
    const giveUpAt = Date.now() + timeoutMs;
    while (await isServer(pid)) {
      if (Date.now() > giveUpAt) return false;
      await sleep(100);
    }
    this.forget();
    return true;
  }
}

async function isServer(pid) {
  const command = await commandLine(pid);
  return command.includes(mainProgram) && command.includes('serve');
}

async function commandLine(pid) {
  if (process.platform !== 'linux') return (await runQuietly('ps', ['-p', String(pid), '-o', 'command='])).output;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

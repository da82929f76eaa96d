import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackages, isDebian, isRoot } from './debian.mjs';
import { askEngine, engineAddress } from './engine-address.mjs';
import { findProgram, lastLines, runQuietly } from './program.mjs';
import { SetupError } from './setup-error.mjs';
import { ok, step } from './step.mjs';

const daemonLog = '/var/log/sraas-dockerd.log';
const startTimeoutMs = 60_000;

/**
 * Makes sure that a container engine answers: installs Debian's and starts it where that is possible and allowed.
 * @returns the engine's address.
 */
export async function ensureEngine({ allowSetup }) {
  const { address, socketPath, usual, variable } = engineAddress();
  const { state, version } = await askEngine(socketPath);
  if (state === 'answers') {
    ok('engine', `Docker Engine ${version} answers at ${address}`);
    return address;
  }
  if (state === 'denied') {
    throw new SetupError(
      `This user may not speak to the container engine at ${address}: run \`sudo usermod -aG docker $USER\` and log in again ` +
        '(members of that group are as powerful as root), or run this command with sudo.',
    );
  }
  if (!usual)
    throw new SetupError(
      `No container engine answers at ${address}, which ${variable} names: start it, or unset ${variable}.`,
    );
  if (!allowSetup || !isRoot()) throw new SetupError(`No container engine answers at ${address}: ${remedy()}`);
  if (findProgram('dockerd') === undefined) {
    if (!isDebian()) throw new SetupError(`No container engine answers at ${address}: ${remedy()}`);
    await installPackages('engine', enginePackages());
  }
  await step('engine', 'starting the daemon', `answers at ${address}`, () => start(address, socketPath));
  return address;
}

/** What a person has to type, for the set-up that this script can't do or was told not to. */
function remedy() {
  if (process.platform !== 'linux') return 'install and start Docker Desktop, then try again.';
  const sudo = isRoot() ? '' : 'sudo ';
  const start = existsSync('/run/systemd/system') ? `${sudo}systemctl start docker` : `${sudo}dockerd &`;
  if (findProgram('dockerd') !== undefined) return `start it with \`${start}\`, then try again.`;
  if (!isDebian())
    return `install Docker Engine with this system's package manager, start it with \`${start}\`, then try again.`;
  return `run \`${sudo}apt-get update && ${sudo}apt-get install -y docker.io\`, start it with \`${start}\`, then try again.`;
}

function enginePackages() {
  // iptables is what the daemon's bridge needs; debootstrap makes base images where no image registry answers.
  const packages = ['docker.io', 'iptables', 'ca-certificates', 'debootstrap'];
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers') && !existsSync('/sys/fs/cgroup/memory'))
    packages.push('cgroupfs-mount');
  // With AppArmor in the kernel, the daemon can't start a container without its parser.
  if (isYes('/sys/module/apparmor/parameters/enabled')) packages.push('apparmor');
  return packages;
}

async function start(address, socketPath) {
  const ended = existsSync('/run/systemd/system') ? await startBySystemd() : startDetached(address);
  const giveUpAt = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpAt) {
    if ((await askEngine(socketPath)).state === 'answers') return;
    const failure = ended();
    if (failure !== undefined) throw new SetupError(failure);
    await sleep(250);
  }
  throw new SetupError(
    `The container engine did not answer within ${startTimeoutMs / 1000} s: \`npx sraas doctor\` and its log say more.`,
  );
}

async function startBySystemd() {
  const { exitCode, output } = await runQuietly('systemctl', ['start', 'docker']);
  if (exitCode !== 0) throw new SetupError(`systemctl could not start docker: ${lastLines(output, 1)}`);
  return () => undefined;
}

function startDetached(address) {
  const log = openSync(daemonLog, 'a');
  const child = spawn(findProgram('dockerd'), ['--host', address], { detached: true, stdio: ['ignore', log, log] });
  let failure;
  child.once('error', (error) => {
    failure = `dockerd could not be started: ${error.message}`;
  });
  child.once('exit', () => {
    failure = `dockerd ended right after its start; the end of ${daemonLog}:\n${lastLines(readFileSync(daemonLog, 'utf8'), 3)}`;
  });
  child.unref();
  return () => failure;
}

function isYes(path) {
  return existsSync(path) && readFileSync(path, 'utf8').startsWith('Y');
}

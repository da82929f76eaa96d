import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Docker from 'dockerode';
import { until } from './containers.ts';
import { removeControlGroups } from './abandoned-control-groups.ts';
import { copyRuntimeImage } from './copy-runtime-image.ts';
import { killMarked, type ProcessMark } from './marked-processes.ts';

/** An engine that belongs to one test file, so that it may be stopped, killed and frozen. */
export interface PrivateEngine extends AsyncDisposable {
  /** Address for the setting of the same name. */
  readonly engineHost: string;
  /** Folder for the sockets of sandboxes, which goes with the engine. */
  readonly runDirectory: string;
  /** Its process, whose network namespace is the machine that its containers are on. */
  readonly processId: () => number;
  /** The engine's own API, for looking at what it really did. */
  readonly docker: Docker;
  /** Resolves when the engine answers. */
  start(): Promise<void>;
  /** Ends the engine as an init system does: SIGTERM, which ends its containers as well. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends the engine, its helpers and its containers at once, by SIGKILL, with no time to write anything down. */
  kill(): Promise<void>;
  /** Stops the engine's process in its tracks: it accepts connections and answers nothing. Its containers run on. */
  freeze(): void;
  thaw(): void;
  /** Copies the image of a runtime from the machine's engine to this one. */
  loadRuntime(name: string): Promise<void>;
}

interface EngineOptions {
  /** Whether its networks lead anywhere: it forwards packets, and has packet filters in its own namespace. */
  readonly networking?: boolean;
}

const startLimitMs = 30_000;
const stopLimitMs = 30_000;

/**
 * Mounts and network of its own. An engine without a bridge removes `docker0` from where it runs, the helpers of all engines
 * meet in /run/containerd, and what it mounts is unmounted when its last process has ended.
 */
const inNamespaces = [
  ...['unshare', '--net', '--mount', 'sh', '-c'],
  'mkdir -p /run/containerd /run/docker && mount -t tmpfs none /run/containerd && mount -t tmpfs none /run/docker && exec "$@"',
  'sh',
] as const;

/** Starts an engine with the image of node24 on it. Needs root, and Docker's programs on the PATH. */
export async function startPrivateEngine(options: EngineOptions = {}): Promise<PrivateEngine> {
  const engine = await makePrivateEngine(options);
  try {
    await engine.start();
    await engine.loadRuntime('node24');
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** What the processes of an engine in that folder carry. */
export function engineMark(folder: string): ProcessMark {
  return { environment: `SRAAS_PRIVATE_ENGINE=${folder}`, controlGroup: `/${basename(folder)}` };
}

async function makePrivateEngine({ networking = false }: EngineOptions): Promise<PrivateEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'sraas-engine-'));
  const runDirectory = join(folder, 'run');
  await mkdir(runDirectory);
  const socketPath = join(folder, 'd.sock');
  const docker = new Docker({ socketPath });
  const mark = engineMark(folder);
  let child: ChildProcess | undefined;

  const signal = (name: NodeJS.Signals): void => {
    if (child?.kill(name) !== true) throw new Error('The private engine does not run');
  };
  const ended = async (): Promise<void> => {
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
    child = undefined;
  };

  return {
    engineHost: `unix://${socketPath}`,
    runDirectory,
    docker,
    processId() {
      if (child?.pid === undefined) throw new Error('The private engine does not run');
      return child.pid;
    },
    async start() {
      child = await spawnEngine(folder, socketPath, mark, networking);
      const started = child;
      const answers = async (): Promise<boolean> => {
        if (started.exitCode !== null) throw new Error(`The private engine ended: ${await readLog(folder)}`);
        return docker.ping().then(
          () => true,
          () => false,
        );
      };
      await until(answers, startLimitMs, 'the private engine answers');
    },
    async stop() {
      const timer = setTimeout(() => child?.kill('SIGKILL'), stopLimitMs);
      signal('SIGTERM');
      await ended();
      clearTimeout(timer);
    },
    async kill() {
      await killMarked(mark, stopLimitMs);
      await ended();
    },
    freeze() {
      signal('SIGSTOP');
    },
    thaw() {
      signal('SIGCONT');
    },
    async loadRuntime(name) {
      await copyRuntimeImage(name, docker);
    },
    async [Symbol.asyncDispose]() {
      await killMarked(mark, stopLimitMs);
      await ended();
      await removeControlGroups(mark.controlGroup);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function spawnEngine(
  folder: string,
  socketPath: string,
  mark: ProcessMark,
  networking: boolean,
): Promise<ChildProcess> {
  const configFile = join(folder, 'daemon.json');
  await writeFile(configFile, '{}');
  // Process ids that an engine which was killed has written down: one that is in use, by a zombie even, keeps the next from starting.
  for (const file of ['pid', 'exec/containerd/containerd.pid']) await rm(join(folder, file), { force: true });
  const log = await open(join(folder, 'log'), 'a');
  const [program, ...programArguments] = [
    ...inNamespaces,
    ...['dockerd', '--config-file', configFile, '--host', `unix://${socketPath}`, '--pidfile', join(folder, 'pid')],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--cgroup-parent', mark.controlGroup],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--bridge', 'none', '--userland-proxy=false'],
    ...(networking ? [] : ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false']),
    ...['--log-level', 'warn'],
  ];
  const [name = '', value = ''] = mark.environment.split('=');
  const child = spawn(program, programArguments, {
    env: { ...process.env, [name]: value },
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  await log.close();
  return child;
}

async function readLog(folder: string): Promise<string> {
  return (await readFile(join(folder, 'log'), 'utf8')).split('\n').slice(-10).join('\n');
}

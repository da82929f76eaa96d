import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostConfig } from '../../src/engine/docker/create-body.ts';
import { docker } from './containers.ts';
import { engineHost } from './server.ts';

/** All that an engine of version 20 knows, but for the one that some machines' engines do not have themselves. */
const capabilities = (
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL ' +
  'LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP ' +
  'SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'
).split(' ');

/** What probes are told about their surroundings. */
export interface ProbeFacts {
  readonly ports: readonly number[];
  readonly names: readonly string[];
  /** In pieces, so that the facts themselves do not hold it. */
  readonly secret: readonly string[];
  readonly ownSockets: readonly string[];
}

export interface ProbeReport {
  readonly worked: Readonly<Record<string, unknown>>;
  readonly stopped: Readonly<Record<string, unknown>>;
  /** What this kernel has not got. */
  readonly absent: Readonly<Record<string, unknown>>;
}

/**
 * Runs the probes of `test/fixtures/attacks/` in a container without walls: root with all capabilities, the host's network and
 * names, no system call filter, nothing read-only or masked. Not as privileged, which needs more than every engine has.
 */
export async function probeWithoutWalls(image: string, facts: ProbeFacts): Promise<ProbeReport> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-weak-'));
  const program = `import fs from 'node:fs'; import { runProbes } from './probes.mjs';
    fs.writeFileSync('/function/report', JSON.stringify(await runProbes(${JSON.stringify(facts)}))); process.exit(0)`;
  for (const name of ['probes.mjs', 'calls.pl']) {
    await copyFile(join(import.meta.dirname, '..', 'fixtures', 'attacks', name), join(directory, name));
  }
  await writeFile(join(directory, 'run.mjs'), program);
  await chmod(directory, 0o755);
  // Shares the host's network, and so its abstract sockets: here is one to find.
  const abstract = createServer().listen(`\0sraas-weak-${process.pid}`);
  const hostConfig: HostConfig = {
    CapAdd: [...capabilities],
    SecurityOpt: ['seccomp=unconfined'],
    NetworkMode: 'host',
    IpcMode: 'host',
    CgroupnsMode: 'host',
    MaskedPaths: [],
    ReadonlyPaths: [],
    GroupAdd: ['4242'],
    Binds: ['/sys:/sys', `${directory}:/function`, `${engineHost.replace(/^unix:\/\//, '')}:/run/docker.sock`],
    Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/kmsg', CgroupPermissions: 'rwm' }],
    DeviceCgroupRules: ['a *:* rwm'],
    ExtraHosts: facts.names.map((name) => `${name}:127.0.0.1`),
    Ulimits: [{ Name: 'core', Soft: -1, Hard: -1 }],
  };
  const container = await docker.createContainer({
    Image: image,
    User: '0:0',
    Hostname: 'weak',
    Env: [`CANARY=${facts.secret.join('')}`],
    // Somebody else's process, to be seen.
    Entrypoint: ['/bin/sh', '-c', `perl -e '$< = $> = 4242; sleep 60' & exec node /function/run.mjs`],
    Labels: { 'sraas.managed': 'probe' },
    HostConfig: hostConfig,
  });
  try {
    await container.start();
    await container.wait();
    return JSON.parse(await readFile(join(directory, 'report'), 'utf8')) as ProbeReport;
  } finally {
    await container.remove({ force: true });
    abstract.close();
    await rm(directory, { recursive: true, force: true });
  }
}

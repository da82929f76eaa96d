import { homedir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { isLoopback } from './http/loopback.ts';

/** One line of the table of settings: where a value may come from, what it means and what it may be. */
export interface Setting {
  /** Key in {@link Config} and in a config file. */
  readonly name: keyof Config;
  /** Command line flag without its dashes. */
  readonly flag: string;
  readonly environment: string;
  readonly type: 'integer' | 'number' | 'string' | 'boolean';
  readonly default: string | number | boolean;
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description: string;
}

/** Everything an operator can set. Times in milliseconds, sizes as their names say. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: string;
  readonly allowedOrigins: string;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly engineHost: string;
  readonly engineRuntime: string;
  readonly profile: string;
  readonly cgroupParent: string;
  readonly logLevel: string;
  readonly maxEventBytes: number;
  readonly maxDeployBytes: number;
  readonly maxArtifactBytes: number;
  readonly maxArtifactEntries: number;
  readonly maxCpus: number;
  readonly maxMemoryMb: number;
  readonly maxPids: number;
  readonly maxTimeoutMs: number;
  readonly maxTmpMb: number;
  readonly maxResultBytes: number;
  readonly maxLogBytes: number;
  readonly maxConcurrency: number;
  readonly maxSandboxes: number;
  readonly maxSandboxMemoryMb: number;
  readonly maxStarts: number;
  readonly preparedPerKind: number;
  readonly maxPrepared: number;
  readonly sandboxIdleMs: number;
  readonly pauseAfterMs: number;
  readonly initTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly queueLength: number;
  readonly totalQueueLength: number;
  readonly queueTimeoutMs: number;
  readonly firstUid: number;
  readonly lastUid: number;
  readonly drainTimeoutMs: number;
}

export const settings: readonly Setting[] = [
  text('host', 'host', '127.0.0.1', 'Address to listen on; loopback only'),
  count('port', 'port', 8080, 0, 65_535, 'Port to listen on; 0 picks a free one'),
  text('allowedHosts', 'allowed-hosts', '', 'More names that the Host header may carry, comma separated'),
  text('allowedOrigins', 'allowed-origins', '', 'Origins of web pages that may call, comma separated'),
  text('dataDirectory', 'data-dir', '~/.sraas', 'Folder for functions and their code'),
  text(
    'runDirectory',
    'run-dir',
    '',
    'Folder for the sockets of live sandboxes; empty for /run/sraas, or one below /tmp when not root',
  ),
  text('engineHost', 'engine-host', 'unix:///var/run/docker.sock', 'Address of the container engine'),
  text(
    'engineRuntime',
    'engine-runtime',
    '',
    "Low-level runtime of sandboxes, runsc for example; empty for the engine's own",
  ),
  text(
    'profile',
    'profile',
    'standard',
    "standard, or strict for strangers' code: no reuse, and an engine runtime stronger than runc",
  ),
  text('cgroupParent', 'cgroup-parent', '', "Parent control group of all sandboxes; empty for the engine's own"),
  text('logLevel', 'log-level', 'info', 'Least severe level that is logged: error, warn, info or debug'),
  count('maxEventBytes', 'max-event-bytes', 1_000_000, 1, 100_000_000, 'Largest body of an invoke', 'bytes'),
  count('maxDeployBytes', 'max-deploy-bytes', 50_000_000, 1, 2_000_000_000, 'Largest body of a deploy', 'bytes'),
  count('maxArtifactBytes', 'max-artifact-bytes', 250_000_000, 1, 10_000_000_000, 'Largest unpacked code', 'bytes'),
  count('maxArtifactEntries', 'max-artifact-entries', 20_000, 1, 1_000_000, 'Most files and folders in an upload'),
  { ...count('maxCpus', 'max-cpus', 4, 0.01, 1024, 'Most cores a function may ask for', 'cores'), type: 'number' },
  count('maxMemoryMb', 'max-memory-mb', 4096, 32, 1_048_576, 'Most memory a function may ask for', 'MiB'),
  count('maxPids', 'max-pids', 512, 16, 32_768, 'Most processes and threads a function may ask for'),
  count('maxTimeoutMs', 'max-timeout-ms', 900_000, 1, 86_400_000, 'Longest time limit a function may ask for', 'ms'),
  count('maxTmpMb', 'max-tmp-mb', 1024, 1, 1_048_576, 'Largest /tmp a function may ask for', 'MiB'),
  count(
    'maxResultBytes',
    'max-result-bytes',
    6_000_000,
    1,
    500_000_000,
    'Largest result a function may allow',
    'bytes',
  ),
  count('maxLogBytes', 'max-log-bytes', 10_000_000, 1, 500_000_000, 'Most log bytes a function may keep', 'bytes'),
  count('maxConcurrency', 'max-concurrency', 100, 1, 10_000, 'Most sandboxes a function may ask for'),
  count('maxSandboxes', 'max-sandboxes', 50, 1, 30_000, 'Most sandboxes of all functions together'),
  count(
    'maxSandboxMemoryMb',
    'max-sandbox-memory-mb',
    0,
    0,
    100_000_000,
    "Most memory that all sandboxes' limits may add up to; 0 for three quarters of the machine's",
    'MiB',
  ),
  count('maxStarts', 'max-starts', 4, 1, 1000, 'Most containers that are being started at a time'),
  count(
    'preparedPerKind',
    'prepared-per-kind',
    2,
    0,
    1000,
    'Containers kept started ahead for each runtime and set of limits in use',
  ),
  count('maxPrepared', 'max-prepared', 6, 0, 10_000, 'Most containers kept started ahead, besides --max-sandboxes'),
  count('sandboxIdleMs', 'sandbox-idle-ms', 300_000, 100, 86_400_000, 'Time an idle sandbox is kept', 'ms'),
  count(
    'pauseAfterMs',
    'pause-after-ms',
    30_000,
    10,
    86_400_000,
    'Time after which an idle sandbox is paused: no processor time until its next call',
    'ms',
  ),
  count('initTimeoutMs', 'init-timeout-ms', 10_000, 100, 600_000, "Time limit for loading a handler's module", 'ms'),
  count('startTimeoutMs', 'start-timeout-ms', 30_000, 1000, 600_000, 'Time limit for a container to start', 'ms'),
  count('queueLength', 'queue-length', 100, 0, 100_000, 'Most calls that wait for a sandbox of one version'),
  count(
    'totalQueueLength',
    'total-queue-length',
    500,
    0,
    1_000_000,
    'Most calls that wait for a sandbox of any function',
  ),
  count('queueTimeoutMs', 'queue-timeout-ms', 30_000, 1, 600_000, 'Longest time a call waits for a sandbox', 'ms'),
  count('firstUid', 'first-uid', 20_000, 1000, 2_000_000_000, 'First user id for sandboxes'),
  count('lastUid', 'last-uid', 59_999, 1000, 2_000_000_000, 'Last user id for sandboxes'),
  count('drainTimeoutMs', 'drain-timeout-ms', 10_000, 0, 900_000, 'Time that calls may still take at shutdown', 'ms'),
];

/** All that is wrong with the settings, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface ConfigSources {
  /** Values of command line flags, by flag name. They win over all else. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A parsed config file, keyed like {@link Config}. */
  readonly file?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a config from flags, environment and file, in this order of precedence.
 * @throws ConfigError with every problem found.
 */
export function parseConfig(sources: ConfigSources): Config {
  const problems: string[] = [];
  const values: Record<string, string | number | boolean> = {};
  for (const setting of settings) {
    const [given, origin] = lookUp(setting, sources);
    const value = given === undefined ? setting.default : convert(setting, given);
    if (value === undefined) problems.push(`${origin}: ${expectation(setting)}, not ${shown(given)}.`);
    // The default stands in, so that what contradicts something else is told in the same breath.
    values[setting.name] = value ?? setting.default;
  }
  const known = new Set<string>(settings.map((setting) => setting.name));
  for (const key of Object.keys(sources.file ?? {})) {
    if (!known.has(key))
      problems.push(`${key} in the config file is not a setting; \`sraas serve --help\` lists them.`);
  }
  // Every key of Config is in the table, which is what the loop above filled in.
  const config = expandHome(values as unknown as Config, sources.environment['HOME']);
  problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (!isLoopback(config.host)) {
    problems.push(
      `--host ${config.host} is not a loopback address, and without access keys anybody who reaches the port could run ` +
        'code: listen on 127.0.0.1, and put a proxy with authentication in front for others.',
    );
  }
  if (config.lastUid < config.firstUid) problems.push('--last-uid must not be below --first-uid.');
  if (config.lastUid - config.firstUid + 1 < config.maxSandboxes + config.maxPrepared) {
    problems.push(
      'There are fewer user ids between --first-uid and --last-uid than --max-sandboxes and --max-prepared need.',
    );
  }
  if (!['error', 'warn', 'info', 'debug'].includes(config.logLevel)) {
    problems.push(`--log-level must be error, warn, info or debug, not ${config.logLevel}.`);
  }
  if (config.profile !== 'standard' && config.profile !== 'strict') {
    problems.push(`--profile must be standard or strict, not ${config.profile}.`);
  }
  if (config.profile === 'strict' && (config.engineRuntime === '' || config.engineRuntime.includes('runc'))) {
    problems.push(
      '--profile strict needs --engine-runtime to name a runtime with a kernel boundary of its own, such as runsc (gVisor) ' +
        'or kata: runc shares the kernel of this machine with its containers.',
    );
  }
  if (!config.engineHost.startsWith('unix://')) {
    problems.push(
      '--engine-host must be a unix:// address: sandboxes talk to this server over sockets on this machine.',
    );
  }
  return problems;
}

function lookUp(setting: Setting, sources: ConfigSources): [value: unknown, origin: string] {
  const flag = sources.flags[setting.flag];
  if (flag !== undefined) return [flag, `--${setting.flag}`];
  const variable = sources.environment[setting.environment];
  if (variable !== undefined && variable !== '') return [variable, setting.environment];
  return [sources.file?.[setting.name], `${setting.name} in the config file`];
}

function convert(setting: Setting, given: unknown): string | number | boolean | undefined {
  switch (setting.type) {
    case 'string':
      return typeof given === 'string' ? given : undefined;
    case 'boolean':
      if (given === true || given === 'true' || given === '1') return true;
      return given === false || given === 'false' || given === '0' ? false : undefined;
    case 'integer':
    case 'number': {
      const number = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      if (setting.type === 'integer' && !Number.isInteger(number)) return undefined;
      const { minimum = -Infinity, maximum = Infinity } = setting;
      return number >= minimum && number <= maximum ? number : undefined;
    }
    default:
      return setting.type satisfies never;
  }
}

function expectation(setting: Setting): string {
  if (setting.type === 'string') return 'must be text';
  if (setting.type === 'boolean') return 'must be true or false';
  const kind = setting.type === 'integer' ? 'a whole number' : 'a number';
  return `must be ${kind} from ${setting.minimum ?? '-∞'} to ${setting.maximum ?? '∞'}`;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 1 });
}

function expandHome(config: Config, home: string | undefined): Config {
  if (!config.dataDirectory.startsWith('~/')) return config;
  return { ...config, dataDirectory: join(home ?? homedir(), config.dataDirectory.slice(2)) };
}

function text(name: keyof Config, flag: string, value: string, description: string): Setting {
  return { name, flag, environment: variable(flag), type: 'string', default: value, description };
}

function count(
  name: keyof Config,
  flag: string,
  value: number,
  minimum: number,
  maximum: number,
  description: string,
  unit?: string,
): Setting {
  const setting: Setting = {
    name,
    flag,
    environment: variable(flag),
    type: 'integer',
    default: value,
    minimum,
    maximum,
    description,
  };
  return unit === undefined ? setting : { ...setting, unit };
}

function variable(flag: string): string {
  return `SRAAS_${flag.toUpperCase().replaceAll('-', '_')}`;
}

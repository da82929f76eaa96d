import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { settings, type Config } from './config.ts';
import { contradictions } from './contradictions.ts';
import { expectation, settingValue, type SettingValue } from './setting-value.ts';
import type { Setting } from './setting.ts';

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
  const values: Record<string, SettingValue> = {};
  for (const setting of settings) {
    const [given, origin] = lookUp(setting, sources);
    const value = given === undefined ? setting.default : settingValue(setting, given);
    if (value === undefined) problems.push(`${origin}: ${expectation(setting, given)}`);
    // The default stands in, so that what contradicts something else is told in the same breath.
    values[setting.name] = value ?? setting.default;
  }
  const known = new Set<string>(settings.map((setting) => setting.name));
  for (const key of Object.keys(sources.file ?? {})) {
    if (!known.has(key))
      problems.push(`${key} in the config file is not a setting; \`sraas serve --help\` lists them.`);
  }
  // Every key of Config is in the table, which is what the loop above filled in.
  const config = wholePath(values as unknown as Config, sources.environment['HOME']);
  problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function lookUp(setting: Setting, sources: ConfigSources): [value: unknown, origin: string] {
  const flag = sources.flags[setting.flag];
  if (flag !== undefined) return [flag, `--${setting.flag}`];
  const variable = sources.environment[setting.environment];
  if (variable !== undefined && variable !== '') return [variable, setting.environment];
  return [sources.file?.[setting.name], `${setting.name} in the config file`];
}

/** The engine mounts folders by their whole path. */
function wholePath(config: Config, home: string | undefined): Config {
  const { dataDirectory: given } = config;
  const dataDirectory = given.startsWith('~/') ? join(home ?? homedir(), given.slice(2)) : resolve(given);
  return { ...config, dataDirectory };
}

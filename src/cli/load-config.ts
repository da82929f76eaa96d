import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { settings, type Config } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { Setting } from '../config/setting.ts';
import { EnvironmentOption } from './environment-option.ts';
import { asObject, readJson } from './json-input.ts';
import type { World } from './world.ts';

/**
 * Adds a flag per setting of the server and `--config`. Their variables are shown but left to {@link parseConfig},
 * whose messages name them.
 * @param names which settings; all when left out.
 */
export function addSettingOptions(command: Command, names?: readonly (keyof Config)[]): Command {
  command.addOption(
    new EnvironmentOption('--config <file>', 'JSON file with settings; sraas.config.json if it is there'),
  );
  for (const setting of settings) {
    if (names === undefined || names.includes(setting.name)) command.addOption(settingOption(setting));
  }
  return command;
}

/**
 * The server's config from flags, environment and config file.
 * @throws ConfigError with all that is wrong, UsageError when the file cannot be read.
 */
export async function loadConfig(command: Command, world: World): Promise<Config> {
  const options = command.opts<Readonly<Record<string, string | true | undefined>>>();
  const flags = Object.fromEntries(
    command.options
      .filter((option) => !(option instanceof EnvironmentOption))
      .map((option) => [option.name(), options[option.attributeName()]?.toString()]),
  );
  const named = options['config']?.toString();
  const usual = resolve(world.workingDirectory, 'sraas.config.json');
  const path = named ?? (existsSync(usual) ? usual : undefined);
  const sources = { flags, environment: world.environment };
  if (path === undefined) return parseConfig(sources);
  const shownAs = named ?? 'sraas.config.json';
  return parseConfig({ ...sources, file: asObject(await readJson(world, path), shownAs) });
}

function settingOption(setting: Setting): Option {
  const { flag, type, description, environment } = setting;
  const unit = 'unit' in setting ? setting.unit : undefined;
  // A switch is on when it is named without a value.
  const option = new Option(type === 'boolean' ? `--${flag} [boolean]` : `--${flag} <${unit ?? type}>`, '');
  const usual = setting.default === '' ? '' : `, default ${setting.default}`;
  option.description = `${description} (env: ${environment}${usual})`;
  return option;
}

import type { Setting } from './setting.ts';
import { buildSettings } from './settings/builds.ts';
import { compatSettings } from './settings/compat.ts';
import { engineSettings } from './settings/engine.ts';
import { functionSettings } from './settings/functions.ts';
import { installSettings } from './settings/installs.ts';
import { languageSettings } from './settings/languages.ts';
import { networkSettings } from './settings/network.ts';
import { sandboxSettings } from './settings/sandboxes.ts';
import { serverSettings } from './settings/server.ts';
import { stateSettings } from './settings/state.ts';

const table = [
  ...serverSettings,
  ...engineSettings,
  ...functionSettings,
  ...sandboxSettings,
  ...networkSettings,
  ...buildSettings,
  ...installSettings,
  ...stateSettings,
  ...languageSettings,
  ...compatSettings,
] as const;

type Row = (typeof table)[number];

type Value<Type extends Setting['type']> = Type extends 'string' ? string : Type extends 'boolean' ? boolean : number;

/** Everything an operator can set, keyed by the names in the table. Times in milliseconds, sizes as their names say. */
export type Config = { readonly [R in Row as R['name']]: Value<R['type']> };

/** The table of settings: every flag, variable and key of a config file. */
export const settings: readonly Setting<keyof Config>[] = table;

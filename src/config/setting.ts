interface Described {
  /** Command line flag without its dashes. */
  readonly flag: string;
  readonly environment: string;
  readonly description: string;
}

export interface TextSetting<Name extends string = string> extends Described {
  readonly name: Name;
  readonly type: 'string';
  readonly default: string;
  /** All that it may be; any text when left out. */
  readonly choices?: readonly string[];
  /** Holds what not everybody may see: no message repeats it. */
  readonly confidential?: true;
}

export interface NumberSetting<Name extends string = string> extends Described {
  readonly name: Name;
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit?: string;
}

export interface SwitchSetting<Name extends string = string> extends Described {
  readonly name: Name;
  readonly type: 'boolean';
  readonly default: boolean;
}

/** One line of the table of settings: where a value may come from, what it means and what it may be. */
export type Setting<Name extends string = string> = TextSetting<Name> | NumberSetting<Name> | SwitchSetting<Name>;

export function text<const Name extends string>(name: Name, value: string, description: string): TextSetting<Name> {
  return { name, ...namesOf(name), type: 'string', default: value, description };
}

/** Text with a password in it. */
export function confidential<const Name extends string>(
  name: Name,
  value: string,
  description: string,
): TextSetting<Name> {
  return { ...text(name, value, description), confidential: true };
}

export function choice<const Name extends string>(
  name: Name,
  value: string,
  choices: readonly string[],
  description: string,
): TextSetting<Name> {
  return { ...text(name, value, description), choices };
}

export function toggle<const Name extends string>(
  name: Name,
  value: boolean,
  description: string,
): SwitchSetting<Name> {
  return { name, ...namesOf(name), type: 'boolean', default: value, description };
}

/** A whole number; its unit is the end of its name. */
export function count<const Name extends string>(
  name: Name,
  value: number,
  [minimum, maximum]: readonly [minimum: number, maximum: number],
  description: string,
): NumberSetting<Name> {
  const setting = { name, ...namesOf(name), type: 'integer', default: value, minimum, maximum, description } as const;
  const unit = unitOf(name);
  return unit === undefined ? setting : { ...setting, unit };
}

function namesOf(name: string): { readonly flag: string; readonly environment: string } {
  const words = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const flag = words.replace(/-directory$/, '-dir');
  return { flag, environment: `SRAAS_${flag.toUpperCase().replaceAll('-', '_')}` };
}

function unitOf(name: string): string | undefined {
  if (name.endsWith('Ms')) return 'ms';
  if (name.endsWith('Bytes')) return 'bytes';
  if (name.endsWith('Mb')) return 'MiB';
  return name.endsWith('Cpus') ? 'cores' : undefined;
}

import { inspect } from 'node:util';
import type { NumberSetting, Setting } from './setting.ts';
import { sizeInBytes } from './size.ts';

export type SettingValue = string | number | boolean;

/** The value that a text or a value of JSON means for a setting; undefined when it means none. */
export function settingValue(setting: Setting, given: unknown): SettingValue | undefined {
  switch (setting.type) {
    case 'string':
      if (typeof given !== 'string') return undefined;
      return setting.choices === undefined || setting.choices.includes(given) ? given : undefined;
    case 'boolean':
      if (given === true || given === 'true' || given === '1') return true;
      return given === false || given === 'false' || given === '0' ? false : undefined;
    case 'integer':
    case 'number': {
      const number = typeof given === 'string' ? numberOf(setting, given) : given;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      if (setting.type === 'integer' && !Number.isInteger(number)) return undefined;
      return number >= setting.minimum && number <= setting.maximum ? number : undefined;
    }
    default:
      return setting satisfies never;
  }
}

const mebibyte = 1024 * 1024;

/** Sizes may be said in other units than their own: `50M`. */
function numberOf({ unit }: NumberSetting, text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const bytes = isSize(unit) ? sizeInBytes(text) : undefined;
  return bytes !== undefined && unit === 'MiB' ? bytes / mebibyte : bytes;
}

function isSize(unit: string | undefined): boolean {
  return unit === 'bytes' || unit === 'MiB';
}

/** What to say to somebody who gave another value. */
export function expectation(setting: Setting, given: unknown): string {
  const isConfidential = setting.type === 'string' && setting.confidential === true;
  return `${demand(setting)}, not ${isConfidential ? `a value of type ${typeof given}` : inspect(given, { depth: 1 })}.`;
}

function demand(setting: Setting): string {
  switch (setting.type) {
    case 'string':
      return setting.choices === undefined ? 'must be text' : `must be ${oneOf(setting.choices)}`;
    case 'boolean':
      return 'must be true or false';
    case 'integer':
    case 'number': {
      const kind = setting.type === 'integer' ? 'a whole number' : 'a number';
      const size = isSize(setting.unit) ? 'a size such as 50M, or ' : '';
      return `must be ${size}${kind} from ${setting.minimum} to ${setting.maximum}`;
    }
    default:
      return setting satisfies never;
  }
}

function oneOf(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}

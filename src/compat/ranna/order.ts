import { isObject } from '../../documents/json-object.ts';
import { environmentViolations } from '../../functions/environment-rules.ts';
import { codeIsEmpty, RannaRefusal } from './refusal.ts';

/** A wish to run code in a language. */
export interface RannaOrder {
  readonly language: string;
  readonly code: string;
  readonly isInline: boolean;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The kernel hands a new process at most 128 KiB in one string, its end mark counted. Source: execve(2). */
const mostArgumentBytes = 131_071;

/**
 * Reads an ExecutionRequest. Names of members count in any case, unknown ones are passed over, and `null` is as good as
 * nothing: ranna's clients may rely on it.
 * @throws RannaRefusal 400
 */
export function parseOrder(document: unknown): RannaOrder {
  if (!isObject(document)) throw refused('the request must be an object');
  const members = new Map(Object.entries(document).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (name: string): string => {
    const value = members.get(name) ?? '';
    if (typeof value !== 'string') throw refused(`${name} must be a string`);
    return value;
  };
  const order = {
    language: text('language'),
    code: text('code'),
    isInline: readInline(members.get('inline_expression') ?? false),
    arguments: readArguments(members.get('arguments') ?? []),
    environment: readEnvironment(members.get('environment') ?? {}),
  };
  if (order.code === '') throw refused(codeIsEmpty);
  return order;
}

function readInline(value: unknown): boolean {
  if (typeof value !== 'boolean') throw refused('inline_expression must be true or false');
  return value;
}

function readArguments(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw refused('arguments must be a list of strings');
  }
  if (value.some((item) => item.includes('\0') || Buffer.byteLength(item) > mostArgumentBytes)) {
    throw refused(`each of the arguments must have at most ${mostArgumentBytes} bytes, and no NUL`);
  }
  return value;
}

function readEnvironment(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value) || !isTexts(value)) throw refused('environment must be an object of strings');
  const [violation] = environmentViolations(value);
  if (violation === undefined) return value;
  throw refused(`environment${violation.pointer.slice('/env'.length)} ${violation.message}`);
}

function isTexts(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, string>> {
  return Object.values(value).every((item) => typeof item === 'string');
}

function refused(message: string): RannaRefusal {
  return new RannaRefusal(400, message);
}

import type { Frame } from './frame.ts';
import { decodeText, isArray, isFiniteNumber, isSafeInteger } from './globals.ts';
import { ProtocolError } from './protocol-error.ts';
import { maxErrorTextBytes } from './terms.ts';

type Fields = Frame['head'];

const maxIdLength = 128;
const maxNameLength = 256;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !isArray(value);
}

/** Text of at least one character. */
export function text(head: Fields, field: string): string {
  const value = head[field];
  if (typeof value !== 'string' || value.length === 0) throw wrongField(field, 'text');
  return value;
}

/** Text that the host may put in its logs: neither empty nor long. */
export function name(head: Fields, field: string): string {
  const value = text(head, field);
  if (value.length > maxNameLength) throw wrongField(field, `text of at most ${maxNameLength} characters`);
  return value;
}

/** Text that the host may leave out. */
export function optionalText(head: Fields, field: string): string | undefined {
  return head[field] === undefined ? undefined : text(head, field);
}

export function invocationId(head: Fields): string {
  const value = text(head, 'id');
  if (value.length > maxIdLength) throw wrongField('id', `text of at most ${maxIdLength} characters`);
  return value;
}

export function amount(head: Fields, field: string): number {
  const value = head[field];
  if (!isFiniteNumber(value) || value < 0) throw wrongField(field, 'a number of at least 0');
  return value;
}

export function count(head: Fields, field: string): number {
  const value = head[field];
  if (!isSafeInteger(value) || value < 0) throw wrongField(field, 'a whole number of at least 0');
  return value;
}

export function flag(head: Fields, field: string): boolean {
  const value = head[field];
  if (typeof value !== 'boolean') throw wrongField(field, 'true or false');
  return value;
}

export function object(head: Fields, field: string): Fields {
  const value = head[field];
  if (!isObject(value)) throw wrongField(field, 'an object');
  return value;
}

export function texts(head: Fields, field: string): Readonly<Record<string, string>> {
  const value = object(head, field);
  const isText = (entry: unknown): entry is string => typeof entry === 'string';
  if (!Object.values(value).every(isText)) throw wrongField(field, 'an object of texts');
  return value as Readonly<Record<string, string>>;
}

/** Texts in a row, of which the first at least is there and says something. */
export function list(head: Fields, field: string): readonly string[] {
  const value = head[field];
  if (!isArray(value) || !(value as readonly unknown[]).every((entry) => typeof entry === 'string')) {
    throw wrongField(field, 'a list of texts');
  }
  const [first = ''] = value as readonly string[];
  if (first === '') throw wrongField(field, 'a list that begins with a text');
  return value as readonly string[];
}

function wrongField(field: string, expected: string): ProtocolError {
  return new ProtocolError(`The field ${field} of a frame is missing or is not ${expected}.`);
}

export function errorText(tail: Buffer): string {
  if (tail.length > maxErrorTextBytes) throw new ProtocolError(`An error text is over ${maxErrorTextBytes} bytes.`);
  return decodeText(tail);
}

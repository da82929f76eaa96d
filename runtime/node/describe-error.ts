import { maxErrorTextBytes } from '../protocol.ts';
import {
  bufferFrom,
  bufferToText,
  firstBytes,
  hasOwn,
  inspectValue,
  isArray,
  isNativeError,
  OriginalError,
  OriginalSet,
} from './originals.ts';
import { framesOf, withoutForeignFrames } from './stack-frames.ts';

export type ErrorDescriber = (thrown: unknown) => string;

const maxCauses = 10;
const maxErrors = 10;
const cutMark = '\n… (cut)';
const lastResort = 'Something was thrown that could not be described.';

/**
 * Makes the function that turns whatever was thrown into text: name, message and stack, then causes and the errors of an
 * AggregateError. The text has at most {@link maxErrorTextBytes} bytes. The function never throws, whatever it is given.
 */
export function errorDescriber(shimFile: string): ErrorDescriber {
  return (thrown) => {
    try {
      const report = new Report(shimFile);
      report.describe(thrown, '');
      return report.text();
    } catch {
      return lastResort;
    }
  };
}

class Report {
  readonly #shimFile: string;
  readonly #seen = new OriginalSet<unknown>();
  #text = '';

  constructor(shimFile: string) {
    this.#shimFile = shimFile;
  }

  describe(thrown: unknown, prefix: string): void {
    let current = thrown;
    let currentPrefix = prefix;
    for (let causes = 0; ; causes += 1) {
      if (this.#full()) return;
      if (causes > maxCauses) {
        this.#append(`Caused by more errors, which are left out.`);
        return;
      }
      if (typeof current === 'object' && current !== null) {
        if (this.#seen.has(current)) {
          this.#append(`${currentPrefix}an error that is described above.`);
          return;
        }
        this.#seen.add(current);
      }
      this.#append(currentPrefix + describeOne(current, this.#shimFile));
      this.#describeErrors(current);
      if (!isErrorLike(current)) return;
      const cause = read(current, 'cause');
      if (cause === undefined || cause === null) return;
      current = cause;
      currentPrefix = 'Caused by: ';
    }
  }

  #describeErrors(aggregate: unknown): void {
    if (!isErrorLike(aggregate) || !ownsErrors(aggregate)) return;
    const errors = read(aggregate, 'errors');
    if (!isArray(errors)) return;
    const shown = errors.length < maxErrors ? errors.length : maxErrors;
    for (let index = 0; index < shown && !this.#full(); index += 1) {
      this.describe(errors[index], `Error ${index + 1} of ${errors.length}: `);
    }
    if (errors.length > shown) this.#append(`${errors.length - shown} more errors are left out.`);
  }

  #append(paragraph: string): void {
    this.#text += this.#text === '' ? paragraph : `\n${paragraph}`;
  }

  #full(): boolean {
    return this.#text.length >= maxErrorTextBytes;
  }

  text(): string {
    return cutToBytes(this.#text, maxErrorTextBytes);
  }
}

function describeOne(thrown: unknown, shimFile: string): string {
  if (!isErrorLike(thrown)) return `Something that is not an Error was thrown: ${inspectSafely(thrown)}`;
  const name = readText(thrown, 'name') ?? 'Error';
  const message = readText(thrown, 'message') ?? '';
  const stack = readText(thrown, 'stack');
  const headline = message === '' ? name : `${name}: ${message}`;
  if (stack === undefined || stack === '') return headline;
  const complete = stack.includes(name) && stack.includes(message);
  return withoutForeignFrames(complete ? stack : headline + framesOf(stack), shimFile);
}

function isErrorLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return isNativeError(value) || value instanceof OriginalError || typeof read(value, 'stack') === 'string';
  } catch {
    return false;
  }
}

function ownsErrors(value: object): boolean {
  try {
    return hasOwn(value, 'errors');
  } catch {
    return false;
  }
}

function read(target: object, key: string): unknown {
  try {
    return (target as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function readText(target: object, key: string): string | undefined {
  const value = read(target, key);
  // A text that is longer than all that will be shown would only cost time.
  return typeof value === 'string' ? value.slice(0, maxErrorTextBytes) : undefined;
}

function inspectSafely(value: unknown): string {
  try {
    const options = { customInspect: false, depth: 2, maxArrayLength: 20, maxStringLength: 8192, breakLength: 120 };
    return inspectValue(value, options);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = bufferFrom(text.slice(0, maxBytes), 'utf8');
  if (bytes.length <= maxBytes && text.length <= maxBytes) return text;
  let end = maxBytes - bufferFrom(cutMark, 'utf8').length;
  if (bytes.length <= end) end = bytes.length;
  // Bytes 10xxxxxx continue a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bufferToText(firstBytes(bytes, end)) + cutMark;
}

import { writeSync as fsWriteSync } from 'node:fs';
import type { InspectOptions } from 'node:util';
import { inspect, types } from 'node:util';

// Node and the language as they were before any user code: a handler that replaces them harms itself only.

export const now: () => number = performance.now.bind(performance);
export const setTimer: (callback: () => void, delayMs: number) => NodeJS.Timeout = setTimeout;
export const clearTimer: (timer: NodeJS.Timeout) => void = clearTimeout;
export const runAfterMicrotasks: (callback: () => void) => unknown = setImmediate;
export const activeResources: () => string[] = process.getActiveResourcesInfo.bind(process);
export const writeSync: (descriptor: number, text: string) => number = fsWriteSync;

export const parseJson: (text: string) => unknown = JSON.parse.bind(JSON);
export const stringifyJson: (value: unknown) => string | undefined = JSON.stringify.bind(JSON);
export const bufferFrom: (text: string, encoding: 'utf8') => Buffer = Buffer.from.bind(Buffer);
const apply: (callee: unknown, receiver: unknown, parameters: readonly unknown[]) => unknown = Reflect.apply.bind(
  Reflect,
) as never;
// Called through `apply` only.
// oxlint-disable-next-line typescript/unbound-method
const { subarray } = Buffer.prototype as Buffer;
export const firstBytes = (buffer: Uint8Array, sizeBytes: number): Buffer =>
  apply(subarray, buffer, [0, sizeBytes]) as Buffer;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
export const bufferToText: (bytes: Uint8Array) => string = decoder.decode.bind(decoder);
export const hasOwn: (target: object, key: string) => boolean = Object.hasOwn.bind(Object);
export const keysOf: (target: object) => string[] = Object.keys.bind(Object);
export const isArray: (value: unknown) => value is unknown[] = Array.isArray.bind(Array) as never;
export const floor: (value: number) => number = Math.floor.bind(Math);
export const round: (value: number) => number = Math.round.bind(Math);

export const inspectValue: (value: unknown, options: InspectOptions) => string = inspect;
export const isNativeError: (value: unknown) => value is Error = types.isNativeError.bind(types);

export const OriginalPromise = Promise;
export const OriginalAbortController = AbortController;
export const OriginalDomException = DOMException;
export const OriginalError = Error;
export const OriginalRangeError = RangeError;
export const OriginalSet = Set;

// `process.exit` would first run what the handler put on the exit event, and that may never end.
const { reallyExit } = process as unknown as { readonly reallyExit?: (code: number) => never };
export const endProcess: (code: number) => never = reallyExit?.bind(process) ?? process.exit.bind(process);

// What the codec needs, taken before any user code could replace it.

export const parseJson: (text: string) => unknown = JSON.parse.bind(JSON);
export const stringify: (value: unknown) => string = JSON.stringify.bind(JSON);
export const isArray: (value: unknown) => boolean = Array.isArray.bind(Array);
export const isFiniteNumber: (value: unknown) => value is number = Number.isFinite.bind(Number) as never;
export const isSafeInteger: (value: unknown) => value is number = Number.isSafeInteger.bind(Number) as never;
export const apply: <T>(callee: (...parameters: never[]) => T, receiver: unknown, parameters: readonly unknown[]) => T =
  Reflect.apply.bind(Reflect);
export const utf8Length: (text: string) => number = Buffer.byteLength.bind(Buffer);
export const allocate: (sizeBytes: number) => Buffer = Buffer.allocUnsafe.bind(Buffer);

// The next three are called through `apply`, with the receiver that each needs.
// oxlint-disable-next-line typescript/unbound-method
export const subarray: (start: number, end: number) => Buffer = (Buffer.prototype as Buffer).subarray;
// oxlint-disable-next-line typescript/unbound-method
export const setBytes: (source: Uint8Array, offset: number) => void = Uint8Array.prototype.set;

// oxlint-disable-next-line typescript/unbound-method
export const writeText: (text: string, offset: number, length: number, encoding: 'utf8') => number = (
  Buffer.prototype as Buffer
).write;

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const decodeUtf8: (bytes: Uint8Array) => string = strictDecoder.decode.bind(strictDecoder);
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
export const decodeText: (bytes: Uint8Array) => string = lenientDecoder.decode.bind(lenientDecoder);

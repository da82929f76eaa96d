import { isBase64 } from '../../documents/base64.ts';
import { isObject } from '../../documents/json-object.ts';
import { SraasError } from '../../errors.ts';
import { parseJson } from '../../http/json.ts';

/** One wish to build a Dockerfile and run what comes of it. */
export interface ExecRequest {
  /** What the caller calls it; any text. */
  readonly name: string;
  readonly dockerfile: string;
  /** Empty when none came. */
  readonly tar: Buffer;
  readonly stdin: Buffer;
  /** At least 1: what has no time at all is ended at once. Undefined for the usual one: functron's first clients know no timeout. */
  readonly timeoutMs: number | undefined;
}

/**
 * Reads the body of `/v1/exec`. Names of members count in any case, unknown ones are passed over, and `null` is as good as
 * nothing: functron's clients may rely on it.
 * @throws SraasError INVALID_JSON, BAD_REQUEST.
 */
export function parseExecRequest(body: Uint8Array): ExecRequest {
  const document = parseJson(body) ?? {};
  if (!isObject(document)) throw new SraasError('BAD_REQUEST', 'The body must be a JSON object.');
  const members = new Map(Object.entries(document).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (name: string): string => {
    const value = members.get(name.toLowerCase()) ?? '';
    if (typeof value !== 'string') throw new SraasError('BAD_REQUEST', `The member ${name} must be a string.`);
    return value;
  };
  const seconds = members.get('timeout') ?? undefined;
  if (seconds !== undefined && (typeof seconds !== 'number' || !Number.isFinite(seconds))) {
    throw new SraasError('BAD_REQUEST', 'The member Timeout must be a number of seconds.');
  }
  const tar = bytesOfBase64(text('TarFile'));
  if (tar === undefined) throw new SraasError('BAD_REQUEST', 'The member TarFile must be a tar in standard base64.');
  return {
    name: text('FnName'),
    dockerfile: text('DockerFile'),
    tar,
    stdin: readStdin(text('Stdin')),
    timeoutMs: seconds === undefined ? undefined : Math.max(1, Math.round(seconds * 1000)),
  };
}

/** functron's clients send base64, its documentation shows plain text: what is no base64 is taken as it is. */
function readStdin(text: string): Buffer {
  return bytesOfBase64(text) ?? Buffer.from(text);
}

/** With line breaks in it or without, as Go's decoder takes it; undefined for any other text. */
function bytesOfBase64(text: string): Buffer | undefined {
  const unbroken = text.replaceAll(/[\r\n]/g, '');
  return isBase64(unbroken) ? Buffer.from(unbroken, 'base64') : undefined;
}

import { isJsonType } from '../json.ts';

/** The head of a usual call, and what it says. One of the same bytes says the same. */
export interface UsualHead {
  readonly bytes: Buffer;
  readonly reference: string;
  readonly bodyBytes: number;
}

export interface UsualRequestRules {
  readonly isAllowedHost: (host: string) => boolean;
  readonly maxBodyBytes: number;
}

/** Usual heads have 100 to 400 bytes. */
const maxHeadBytes = 4096;

const requestLine = /POST \/functions\/([A-Za-z0-9_@:-]{1,200})\/invoke HTTP\/1\.1\r\n/y;
/** One space, and a value that neither begins nor ends with one: what clients write, and less than the standard lets them. */
const headerLine = /([A-Za-z0-9-]+): ([!-~](?:[ -~]*[!-~])?)\r\n/y;
const decimal = /^(?:0|[1-9][0-9]{0,8})$/;

/** What clients send besides. None of it changes anything about the answer, or about the connection. */
const ignored: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'baggage',
  'cache-control',
  'pragma',
  'sec-fetch-mode',
  'traceparent',
  'tracestate',
  'user-agent',
]);

/**
 * Recognises the usual call in the bytes of one read: one whole request of a strict form, and nothing behind it. This is no parser
 * of HTTP: whatever it does not recognise is Node's to judge, and what it recognises Node would take for the very same request
 * (RFC 9112, sections 2 to 6).
 */
export function usualHead(bytes: Buffer, rules: UsualRequestRules): UsualHead | undefined {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, maxHeadBytes));
  requestLine.lastIndex = 0;
  const reference = requestLine.exec(text)?.[1];
  if (reference === undefined) return undefined;
  const headers = headersIn(text, requestLine.lastIndex);
  if (headers === undefined) return undefined;
  const { end, host, type, length } = headers;
  if (host === undefined || !rules.isAllowedHost(host) || type === undefined || !isJsonType(type)) return undefined;
  if (length === undefined || !decimal.test(length)) return undefined;
  const bodyBytes = Number(length);
  if (bodyBytes > rules.maxBodyBytes || end + bodyBytes !== bytes.length) return undefined;
  // A copy: the rest of what was read need not be kept for it.
  return { bytes: Buffer.from(bytes.subarray(0, end)), reference, bodyBytes };
}

/** Whether the bytes are a request with the very same head, and again nothing behind its body. */
export function isHeadedBy({ bytes: head, bodyBytes }: UsualHead, bytes: Buffer): boolean {
  return bytes.length === head.length + bodyBytes && bytes.compare(head, 0, head.length, 0, head.length) === 0;
}

interface Headers {
  readonly host: string | undefined;
  readonly type: string | undefined;
  readonly length: string | undefined;
  /** Where the body begins. */
  readonly end: number;
}

/** undefined when there is one that is not known, comes twice, or is not written as usual. */
function headersIn(text: string, begin: number): Headers | undefined {
  const seen = new Map<string, string>();
  let end = begin;
  headerLine.lastIndex = begin;
  for (let line = headerLine.exec(text); line !== null; line = headerLine.exec(text)) {
    const [, given = '', value = ''] = line;
    const name = given.toLowerCase();
    if (seen.has(name) || !isUsual(name, value)) return undefined;
    seen.set(name, value);
    end = headerLine.lastIndex;
  }
  if (!text.startsWith('\r\n', end)) return undefined;
  return { host: seen.get('host'), type: seen.get('content-type'), length: seen.get('content-length'), end: end + 2 };
}

function isUsual(name: string, value: string): boolean {
  if (name === 'host' || name === 'content-type' || name === 'content-length') return true;
  return name === 'connection' ? value.toLowerCase() === 'keep-alive' : ignored.has(name);
}

/** One server-sent event. */
export interface ServerSentEvent {
  /** `message` when the stream gave no name. */
  readonly name: string;
  readonly data: string;
}

/**
 * Reads server-sent events from bytes that come in pieces of any size. Comments, ids and retry times are passed over, and an
 * event that the stream breaks off in is none. Source: the HTML standard, section 9.2.6, interpreting an event stream.
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  let name = '';
  let data: string[] = [];
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { name: name === '' ? 'message' : name, data: data.join('\n') };
      name = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }
}

/** Lines without their ends, which may be LF, CR or CRLF; what follows the last end is no line. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  // Takes a byte order mark at the very beginning away.
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let afterCarriageReturn = false;
  for await (const chunk of chunks) {
    let text = decoder.decode(chunk, { stream: true });
    if (text === '') continue;
    if (afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    afterCarriageReturn = text === '' ? false : text.endsWith('\r');
    const [first = '', ...rest] = text.split(/\r\n|\n|\r/);
    pieces.push(first);
    for (const line of rest) {
      yield pieces.join('');
      pieces = [line];
    }
  }
}

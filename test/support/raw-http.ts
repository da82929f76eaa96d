import { connect, type Socket } from 'node:net';

export interface RawReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A connection of which a test writes every byte itself: no client would send some of what servers get to see. */
export class RawConnection {
  readonly socket: Socket;
  /** All that came until the server closed, or reset, the connection. */
  readonly received: Promise<string>;
  #text = '';

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (text: string) => (this.#text += text));
    // A reset is an end like any other here.
    this.socket.on('error', () => undefined);
    this.received = new Promise((resolve) => {
      this.socket.once('end', () => this.socket.end());
      this.socket.once('close', () => {
        resolve(this.#text);
      });
    });
  }

  write(...pieces: readonly (string | Uint8Array)[]): this {
    for (const piece of pieces) this.socket.write(piece);
    return this;
  }
}

/** Sends one request as it stands and reads the replies until the server closes the connection. */
export async function sendRaw(
  url: string,
  lines: readonly string[],
  body: string | Uint8Array = '',
): Promise<readonly RawReply[]> {
  const head = Buffer.from([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1');
  return repliesIn(await new RawConnection(url).write(head, body).received);
}

/** The replies in what a connection brought. Each has to tell its length, as all of the server's do that have a body. */
export function repliesIn(text: string): readonly RawReply[] {
  const replies: RawReply[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const head = end < 0 ? rest : rest.slice(0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const body = end < 0 ? '' : Buffer.from(rest.slice(end + 4, end + 4 + length), 'latin1').toString();
    replies.push({ status: Number(head.split(' ')[1]), head, body });
    rest = end < 0 ? '' : rest.slice(end + 4 + length);
  }
  return replies;
}

/** The stable code of a problem document; undefined for any other body. */
export function codeOf({ body }: Pick<RawReply, 'body'>): string | undefined {
  return body.startsWith('{') ? (JSON.parse(body) as { readonly code?: string }).code : undefined;
}

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RecordDocument } from '../../src/wire/record.ts';

/** The end of an invocation, as a webhook told it. */
export type Told = Omit<RecordDocument, 'result'> & { readonly result: unknown };

/** So many calls are answered with an error now and then, so that there are some that have to come again. */
const refusedEvery = 25;

/** Whoever is told of ends: outlives all servers, and keeps what each told, if it was signed. */
export class Receiver {
  readonly url: string;
  readonly #server: Server;
  readonly #secret: string;
  readonly #faults: string[];
  readonly #told = new Map<string, Told[]>();
  #calls = 0;

  private constructor(server: Server, secret: string, faults: string[]) {
    this.#server = server;
    this.#secret = secret;
    this.#faults = faults;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ended`;
  }

  /** @param secret what calls are to be signed with. @param faults gets sentences about calls that should not have come. */
  static async open(secret: string, faults: string[]): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(server, secret, faults);
    server.on('request', (request, response) => {
      receiver.#take(request).then(
        (status) => response.writeHead(status).end(),
        // Its server was killed in the middle of it.
        () => response.destroy(),
      );
    });
    return receiver;
  }

  get calls(): number {
    return this.#calls;
  }

  /** What was told of an invocation, call by call. */
  of(id: string): readonly Told[] {
    return this.#told.get(id) ?? [];
  }

  get ids(): readonly string[] {
    return [...this.#told.keys()];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<number> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
    const expected = createHmac('sha256', this.#secret)
      .update(`${String(id)}.${String(at)}.`)
      .update(body)
      .digest('base64');
    if (signature !== `v1,${expected}`) {
      this.#faults.push(`a webhook of ${String(id)} was signed ${String(signature)}`);
      return 400;
    }
    this.#calls += 1;
    // Refused before it counts as told: it has to come again.
    if (this.#calls % refusedEvery === 0) return 503;
    const { invocation, result } = JSON.parse(body.toString()) as { invocation: RecordDocument; result: unknown };
    if (invocation.id !== id) this.#faults.push(`a webhook of ${String(id)} told of ${invocation.id}`);
    this.#told.set(invocation.id, [...this.of(invocation.id), { ...invocation, result }]);
    return 200;
  }
}

import type { WebSocket } from 'ws';
import { memberOf } from '../../documents/json-object.ts';
import type { SraasError } from '../../errors.ts';
import { parseOrder } from './order.ts';
import { RannaRefusal, refusalOf } from './refusal.ts';
import type { RannaRuns } from './runs.ts';
import { eventText, parseMessage, RefusedMessage, type eventCodes, type SocketRequest } from './socket-message.ts';
import { SocketRun } from './socket-run.ts';

export interface SocketSessionParts {
  readonly runs: RannaRuns;
  readonly newId: () => string;
  /** Whether the client may run one more program now. */
  readonly mayRun: () => boolean;
  /** One of this server's own errors, for a client. */
  readonly told: (error: unknown, id: string) => SraasError;
}

/** A client that is so far behind with reading has its programs ended; with more than twice as much, its connection. */
const mostUnreadBytes = 8 * 1024 * 1024;
const mostRuns = 32;

/** One connection of a client: all its runs, and no others, are its own. */
export class SocketSession {
  readonly #socket: WebSocket;
  readonly #parts: SocketSessionParts;
  readonly #runs = new Map<string, SocketRun>();

  constructor(socket: WebSocket, parts: SocketSessionParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#onMessage(data, isBinary);
    });
    // Nobody would hear of what they still write.
    socket.once('close', () => {
      for (const run of this.#runs.values()) run.kill();
    });
    // What breaks a connection also closes it.
    socket.on('error', () => undefined);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    let request: SocketRequest;
    try {
      if (isBinary) throw new RefusedMessage('invalid message type', 0);
      request = parseMessage(data.toString('utf8'));
    } catch (error) {
      if (!(error instanceof RefusedMessage)) throw error;
      this.#refuse(error, error.nonce);
      return;
    }
    const { operation, nonce, args } = request;
    switch (operation) {
      case 'ping':
        this.#send('pong', nonce, 'Pong!');
        break;
      case 'exec':
        void this.#exec(nonce, args);
        break;
      case 'kill':
        this.#kill(nonce, args);
        break;
      default:
        operation satisfies never;
    }
  }

  /** Never rejects. */
  async #exec(nonce: number, args: unknown): Promise<void> {
    const run = new SocketRun(this.#parts.newId());
    const runid = run.id;
    try {
      if (!this.#parts.mayRun()) throw new RannaRefusal(429, 'you have been rate limited');
      const order = parseOrder(args);
      if (this.#runs.size >= mostRuns)
        throw new RannaRefusal(429, `${mostRuns} programs of this connection are running`);
      this.#runs.set(runid, run);
      const exectimems = await run.run(this.#parts.runs, order, {
        onSpawn: () => {
          this.#send('spawn', nonce, { runid });
        },
        onLog: (stream, text) => {
          this.#send('log', nonce, { runid, [stream]: text });
          return this.#socket.bufferedAmount <= mostUnreadBytes;
        },
      });
      this.#send('stop', nonce, { runid, exectimems });
    } catch (error) {
      this.#refuse(error instanceof RannaRefusal ? error : refusalOf(this.#parts.told(error, runid)), nonce);
    } finally {
      this.#runs.delete(runid);
    }
  }

  #kill(nonce: number, args: unknown): void {
    const runid = memberOf(args, 'runid');
    const run = typeof runid === 'string' ? this.#runs.get(runid) : undefined;
    if (run?.isSpawned === true) run.kill();
    else this.#refuse(new RannaRefusal(400, 'sandbox is not running'), nonce);
  }

  #refuse({ code, message }: RannaRefusal, nonce: number): void {
    this.#send('error', nonce, { code, message });
  }

  #send(event: keyof typeof eventCodes, nonce: number, data: unknown): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(eventText(event, nonce, data));
    if (this.#socket.bufferedAmount > 2 * mostUnreadBytes) this.#socket.terminate();
  }
}

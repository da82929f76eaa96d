import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ReplyReader } from './reply-reader.ts';

/** As much as one read takes in; every connection has a place of its own for it. */
const readBytes = 65_536;

interface CallUnderWay {
  readonly resolve: (body: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A kept-alive connection for one call at a time. It costs a fifth of what a general HTTP client does, for it shares the machine
 * with what it measures.
 */
export class Connection implements Disposable {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  #underWay: CallUnderWay | undefined;
  #failure: Error | undefined;

  private constructor({ hostname, port }: URL) {
    const buffer = Buffer.allocUnsafe(readBytes);
    const callback = (length: number): boolean => {
      this.#take(buffer, length);
      return true;
    };
    const ended = (): void => {
      this.#fail(new Error(`The connection ended; it had read: ${this.#reader.read()}`));
    };
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } })
      .on('error', (error) => {
        this.#fail(error);
      })
      .on('end', ended)
      .on('close', ended);
  }

  static async open(url: URL): Promise<Connection> {
    const connection = new Connection(url);
    await once(connection.#socket, 'connect');
    return connection;
  }

  /**
   * Sends a request and reads its reply whole.
   *
   * @param keep Whether the body is wanted. It is read in any case.
   * @throws Error with what came, unless that is a reply of status 200 and of the length that it says.
   */
  call(request: Buffer, keep: boolean): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#underWay = { resolve, reject };
      this.#reader.expect(keep);
      this.#socket.write(request);
    });
  }

  [Symbol.dispose](): void {
    this.#failure = new Error('The connection was closed by its user');
    this.#socket.destroy();
  }

  #take(into: Buffer, length: number): void {
    try {
      if (this.#underWay === undefined)
        throw new Error(`Bytes of no call: ${into.toString('latin1', 0, Math.min(length, 500))}`);
      if (!this.#reader.take(into, length)) return;
      const { resolve } = this.#underWay;
      this.#underWay = undefined;
      resolve(this.#reader.body());
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#underWay?.reject(this.#failure);
    this.#underWay = undefined;
    this.#socket.destroy();
  }
}

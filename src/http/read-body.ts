import type { IncomingMessage, ServerResponse } from 'node:http';
import { SraasError, type ErrorCode } from '../errors.ts';
import { leaveUnread } from './unread-body.ts';

/** Reads request bodies up to a number of bytes; one more is an error with the given code. */
export class BodyReader {
  readonly #limitBytes: number;
  readonly #tooLarge: ErrorCode;

  readonly #isSetting: boolean;

  /** @param isSetting whether an operator can raise the limit. */
  constructor(limitBytes: number, tooLarge: ErrorCode, isSetting = true) {
    this.#limitBytes = limitBytes;
    this.#isSetting = isSetting;
    this.#tooLarge = tooLarge;
  }

  /**
   * Refuses at the first byte too many, or before the first one where the length is told.
   * @throws SraasError with the code given, UNSUPPORTED_MEDIA_TYPE for a compressed body, BAD_REQUEST for one cut short.
   */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    try {
      refuseCompressed(request);
      if (Number(request.headers['content-length'] ?? 0) > this.#limitBytes) throw this.#refusal();
      return await this.#collect(request);
    } catch (error) {
      leaveUnread(request, response);
      throw error;
    }
  }

  #collect(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const onData = (chunk: Buffer): void => {
        bytes += chunk.length;
        if (bytes > this.#limitBytes)
          settle(() => {
            reject(this.#refusal());
          });
        else chunks.push(chunk);
      };
      const onEnd = (): void => {
        settle(() => {
          resolve(Buffer.concat(chunks, bytes));
        });
      };
      const onBroken = (): void => {
        settle(() => {
          reject(new SraasError('BAD_REQUEST', 'The body ended too early.'));
        });
      };
      const settle = (tell: () => void): void => {
        request.off('data', onData).off('end', onEnd).off('close', onBroken);
        tell();
      };
      request.on('data', onData).once('end', onEnd).once('close', onBroken);
      // Node tells of a connection that broke by an error as well, which somebody has to listen to.
      request.on('error', onBroken);
      if (request.destroyed) onBroken();
    });
  }

  #refusal(): SraasError {
    return new SraasError(
      this.#tooLarge,
      `The body may have at most ${this.#limitBytes} bytes${this.#isSetting ? "; this server's limit can be raised" : ''}.`,
    );
  }
}

/** What a compressed body expands to cannot be told before it has been expanded. */
function refuseCompressed(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return;
  throw new SraasError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a Content-Encoding.');
}

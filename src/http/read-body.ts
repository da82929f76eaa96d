import express, { type Request, type Response } from 'express';
import { SraasError, type ErrorCode } from '../errors.ts';
import { fromExpress } from './problem.ts';

/** Reads request bodies up to a number of bytes; one more is an error with the given code. */
export class BodyReader {
  readonly #read: ReturnType<typeof express.raw>;
  readonly #tooLarge: SraasError;

  /** @param isSetting whether an operator can raise the limit. */
  constructor(limitBytes: number, tooLarge: ErrorCode, isSetting = true) {
    // A compressed body is refused: what it expands to cannot be told before it has been expanded.
    this.#read = express.raw({ type: () => true, limit: limitBytes, inflate: false });
    this.#tooLarge = new SraasError(
      tooLarge,
      `The body may have at most ${limitBytes} bytes${isSetting ? "; this server's limit can be raised" : ''}.`,
    );
  }

  /** @throws SraasError with the code given, UNSUPPORTED_MEDIA_TYPE for a compressed body, BAD_REQUEST for one cut short. */
  async read(request: Request, response: Response): Promise<Buffer> {
    await new Promise<void>((resolve, reject) => {
      this.#read(request, response, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(this.#explain(error, response));
      });
    });
    const body: unknown = request.body;
    return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  }

  #explain(error: unknown, response: Response): Error {
    // The rest of the body is not read: the connection cannot serve another request.
    response.set('Connection', 'close');
    if ((error as { type?: unknown }).type === 'entity.too.large') return this.#tooLarge;
    return fromExpress(error) ?? (error as Error);
  }
}

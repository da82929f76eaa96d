interface DemultiplexedStreams {
  readonly onStdout: (piece: Buffer) => void;
  readonly onStderr: (piece: Buffer) => void;
}

const headerBytes = 8;
const lengthStart = 4;
const stdoutNumber = 1;
const stderrNumber = 2;

/** The engine sent what is not its own format. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError';
}

/**
 * Takes apart the stream of a container without a terminal: pieces of stdout and stderr, each behind a header of 8 bytes (the
 * stream's number, three zeros, the length of the piece, big-endian).
 * Source: Docker Engine API 1.41, `POST /containers/{id}/attach`, "Stream format".
 *
 * Nothing is copied, gathered or set aside, whatever a header says: parts of a piece are passed on as they arrive, and are
 * only valid during the call. One loop, however many pieces there are.
 */
export class Demultiplexer {
  readonly #streams: DemultiplexedStreams;
  #headerBytesSeen = 0;
  #stream = 0;
  #missingBytes = 0;

  constructor(streams: DemultiplexedStreams) {
    this.#streams = streams;
  }

  /** Throws {@link BrokenStreamError}; after that this is of no more use. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#headerBytesSeen < headerBytes) {
        this.#readHeaderByte(chunk[offset] ?? 0);
        offset += 1;
        continue;
      }
      const end = Math.min(chunk.length, offset + this.#missingBytes);
      this.#tell(chunk.subarray(offset, end));
      this.#missingBytes -= end - offset;
      if (this.#missingBytes === 0) this.#headerBytesSeen = 0;
      offset = end;
    }
  }

  #readHeaderByte(byte: number): void {
    const position = this.#headerBytesSeen;
    if (position === 0) this.#begin(byte);
    else if (position >= lengthStart) this.#missingBytes = this.#missingBytes * 256 + byte;
    this.#headerBytesSeen += 1;
    // An empty piece has nothing behind its header.
    if (this.#headerBytesSeen === headerBytes && this.#missingBytes === 0) this.#headerBytesSeen = 0;
  }

  #begin(stream: number): void {
    if (stream !== stdoutNumber && stream !== stderrNumber) {
      throw new BrokenStreamError(`The engine sent a piece of stream ${stream}.`);
    }
    this.#stream = stream;
  }

  #tell(piece: Buffer): void {
    if (this.#stream === stdoutNumber) this.#streams.onStdout(piece);
    else this.#streams.onStderr(piece);
  }
}

import type { Socket } from 'node:net';
import { timeOrderedId } from '../../time-ordered-id.ts';
import { Canceller } from '../../cancellation.ts';
import { SraasError } from '../../errors.ts';
import type { Answer } from '../../idempotency/answer.ts';
import type { HandOver } from '../server.ts';
import { answerCall, type UsualCallParts } from '../usual-call.ts';
import { writeReply } from './reply-bytes.ts';
import { isHeadedBy, usualHead, type UsualHead, type UsualRequestRules } from './usual-request.ts';

export interface LaneConnectionOwner {
  readonly call: UsualCallParts;
  readonly rules: UsualRequestRules;
  /** Whether replies are the last ones of their connections. */
  readonly isStopping: () => boolean;
  /** Told once, when the connection is closed or handed over. */
  readonly onLeft: (connection: LaneConnection) => void;
}

/** What a client may send while its call runs before nothing more is read from it. */
const maxWaitingBytes = 65_536;

/** A connection while all that comes over it are usual calls, one at a time. */
export class LaneConnection {
  readonly #owner: LaneConnectionOwner;
  readonly #socket: Socket;
  readonly #handOver: HandOver;
  /** Aborts when the client goes. */
  readonly #gone = new Canceller();
  #head: UsualHead | undefined;
  #isCalling = false;
  #restsSince = performance.now();
  /** What came while a call ran. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;

  /** @param handOver gives the connection away, for good, with the bytes that came and have not been answered. */
  constructor(owner: LaneConnectionOwner, socket: Socket, handOver: HandOver) {
    this.#owner = owner;
    this.#socket = socket;
    this.#handOver = handOver;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose).on('error', ignoreError);
  }

  /** When it began, or its newest reply was written, by `performance.now()`. */
  get restsSince(): number {
    return this.#restsSince;
  }

  /** Whether nothing has come yet. */
  get isSilent(): boolean {
    return this.#head === undefined;
  }

  /** Whether a reply has been written that the system has not taken yet. */
  get isUnread(): boolean {
    return !this.#isCalling && this.#socket.writableLength > 0;
  }

  /** Whether there is neither a call nor a reply. */
  get isIdle(): boolean {
    return !this.#isCalling && this.#socket.writableLength === 0;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Gives it away, with what has come. */
  handOver(bytes: Buffer = Buffer.alloc(0)): void {
    this.#socket
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onClose)
      .off('error', ignoreError);
    this.#owner.onLeft(this);
    this.#handOver(this.#socket, bytes);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isCalling) this.#wait(bytes);
    // Its last reply is out: nothing is begun that could not be answered.
    else if (!this.#socket.writable) return;
    // The reply before is still to be read: Node knows how long to wait for that before it goes on.
    else if (this.#socket.writableLength > 0) this.handOver(bytes);
    else this.#take(bytes);
  };

  /** A client that ends its side of the connection gets no reply, as with Node's own server. */
  readonly #onEnd = (): void => {
    this.#socket.end();
  };

  readonly #onClose = (): void => {
    this.#owner.onLeft(this);
    if (!this.#isCalling) return;
    this.#gone.abort(new SraasError('INVOCATION_CANCELLED', 'The client closed the connection before the answer.'));
  };

  #take(bytes: Buffer): void {
    const known = this.#head;
    const head = known !== undefined && isHeadedBy(known, bytes) ? known : usualHead(bytes, this.#owner.rules);
    if (head === undefined) {
      this.handOver(bytes);
      return;
    }
    this.#head = head;
    this.#isCalling = true;
    const invocationId = timeOrderedId();
    const call = {
      reference: head.reference,
      invocationId,
      envelope: bytes.subarray(head.bytes.length),
      signal: this.#gone,
    };
    void answerCall(this.#owner.call, call).then((answer) => {
      this.#reply(invocationId, answer);
    });
  }

  #wait(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > maxWaitingBytes) this.#socket.pause();
  }

  #reply(invocationId: string, answer: Answer): void {
    this.#isCalling = false;
    // The client has gone: there is nobody to tell.
    if (!this.#socket.writable) return;
    const isLast = this.#owner.isStopping();
    writeReply(this.#socket, { invocationId, answer, isLast });
    this.#restsSince = performance.now();
    if (isLast) this.#socket.end(() => this.#socket.destroy());
    else if (this.#waiting.length > 0) this.handOver(Buffer.concat(this.#waiting));
  }
}

/** The connection closes by itself, which is told as well. */
function ignoreError(): void {
  // Nothing is left to be done.
}

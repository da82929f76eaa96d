import { heardFailure, tellFailure, type ToldFailure } from './told-failure.ts';

/** One end of a channel between two processes, which keeps the order of messages. */
export interface LinkPort {
  /** @param onSent told with what kept the message from being sent. */
  send(message: unknown, onSent: (error: Error | null) => void): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What one end lets the other call. Arguments and results are data. */
export type LinkCalls<Calls> = { readonly [Name in keyof Calls]: (...args: never[]) => Promise<unknown> };

type Message =
  | { readonly link: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly link: 'result'; readonly id: number; readonly result: unknown }
  | { readonly link: 'failure'; readonly id: number; readonly failure: ToldFailure };

type Ours = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls between two processes that trust each other. They arrive in the order in which they were made, and begin in it; their results
 * come whenever they are there.
 */
export class Link<Theirs extends LinkCalls<Theirs>> {
  readonly #port: LinkPort;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #broken: Error | undefined;

  constructor(port: LinkPort, ours: object) {
    this.#port = port;
    port.onMessage((message) => {
      this.#take(message as Message, ours as Ours);
    });
  }

  /** Rejects with what the other end threw, a SraasError as one; or with what broke the link. */
  call<Name extends keyof Theirs & string>(name: Name, ...args: Parameters<Theirs[Name]>): ReturnType<Theirs[Name]> {
    const called = new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken);
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#send({ link: 'call', id, name, args });
    });
    return called as ReturnType<Theirs[Name]>;
  }

  /** The other end has gone: whoever waits for it is told. Idempotent. */
  break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#broken);
    this.#waiting.clear();
  }

  #take(message: Message, ours: Ours): void {
    switch (message.link) {
      case 'call':
        void this.#answer(message.id, () => {
          const called = ours[message.name];
          if (called === undefined) throw new TypeError(`Nobody here can be asked to ${message.name}`);
          return called(...message.args);
        });
        return;
      case 'result':
        this.#waitingFor(message.id)?.resolve(message.result);
        return;
      case 'failure':
        this.#waitingFor(message.id)?.reject(heardFailure(message.failure));
        return;
      default:
        message satisfies never;
    }
  }

  async #answer(id: number, call: () => Promise<unknown>): Promise<void> {
    try {
      this.#send({ link: 'result', id, result: await call() });
    } catch (error) {
      this.#send({ link: 'failure', id, failure: tellFailure(error) });
    }
  }

  #waitingFor(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #send(message: Message): void {
    if (this.#broken !== undefined) return;
    this.#port.send(message, (error) => {
      if (error !== null) this.break(error);
    });
  }
}

const cutMark = /\n\[logs cut here: \d+ more bytes\]\n$/;

/** Everything that left a server, and what in it must never be there. */
export class Overheard {
  readonly #secrets: readonly string[];
  readonly #faults: string[] = [];

  /** @param secrets Values that nobody may be told. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** A `fetch` that listens to what the server answers. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const text = await response.clone().text();
    this.hear(text);
    if (response.headers.has('x-sraas-outcome')) this.#hearReply(JSON.parse(text) as Partial<HeardReply>);
    return response;
  };

  hear(text: string): void {
    for (const secret of this.#secrets) if (text.includes(secret)) this.note(`it told a secret: ${text.slice(0, 500)}`);
  }

  note(fault: string): void {
    this.#faults.push(fault);
  }

  /** What was wrong since the last time of asking. */
  faults(): readonly string[] {
    return this.#faults.splice(0);
  }

  #hearReply({ logs = '', invocation }: Partial<HeardReply>): void {
    if (invocation?.logs_truncated === true && !cutMark.test(logs)) this.note('logs were cut without a mark');
  }
}

interface HeardReply {
  readonly logs: string;
  readonly invocation: { readonly logs_truncated: boolean };
}

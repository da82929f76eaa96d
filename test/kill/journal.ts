/** What was deployed under a name, as its client knows it. */
export interface Deployed {
  /** Unique: it says which deploy a reply comes from. */
  readonly mark: string;
  /** What the code itself says, which several deploys may share. */
  readonly code: string;
}

/** A deploy that changed a function, or a removal. */
export interface Change {
  readonly name: string;
  /** 0, 1, 2, … for each name: one client at a time changes a name. */
  readonly order: number;
  /** Undefined: the function was to be removed. */
  readonly deployed: Deployed | undefined;
  readonly sentAt: number;
  /** `pending`: no answer came, and nobody has looked yet. */
  fate: 'pending' | 'happened' | 'lost';
  /** When its client was told, or saw, that it has happened. */
  settledAt: number | undefined;
  version: number | undefined;
  sha256: string | undefined;
}

/** A function as the server shows it. */
export interface Shown {
  readonly mark: string;
  readonly version: number;
  readonly sha256: string;
}

interface Call {
  readonly name: string;
  readonly nonce: string;
  readonly from: number;
  readonly to: number;
  /** The mark in the reply; undefined when there was no such function. */
  readonly mark: string | undefined;
  readonly code: string | undefined;
  readonly version: number | undefined;
}

/**
 * What clients sent and what they were told, in the order in which that was known, and what of it cannot be true of a server
 * that keeps its word. Moments are counted, not measured: one process has all clients.
 */
export class Journal {
  /** Sentences about broken promises; empty for a server that keeps all. */
  readonly faults: string[] = [];
  readonly #changes = new Map<string, Change[]>();
  #calls: Call[] = [];
  /** Of each moment, when it was. */
  readonly #times: number[] = [0];

  constructor(names: readonly string[]) {
    for (const name of names) {
      // Nothing is there before the first deploy, as after a removal.
      const never: Change = { ...change(name, 0, undefined, 0), fate: 'happened', settledAt: 0 };
      this.#changes.set(name, [never]);
    }
  }

  now(): number {
    return this.#times.push(performance.now()) - 1;
  }

  /** The last moment that was so long before another. */
  before(moment: number, ms: number): number {
    const time = (this.#times[moment] ?? 0) - ms;
    let found = moment;
    while (found > 0 && (this.#times[found] ?? 0) > time) found -= 1;
    return found;
  }

  get names(): readonly string[] {
    return [...this.#changes.keys()];
  }

  /** The last change of a name that has happened. */
  standing(name: string): Change {
    const found = this.#of(name).findLast(({ fate }) => fate === 'happened');
    if (found === undefined) throw new Error(`nothing is known of ${name}`);
    return found;
  }

  pending(name: string): Change | undefined {
    return this.#of(name).find(({ fate }) => fate === 'pending');
  }

  /** What there is of a name, oldest first: the deploys since its last removal. */
  versions(name: string): readonly Change[] {
    const happened = this.#of(name).filter(({ fate }) => fate === 'happened');
    return happened.slice(happened.findLastIndex(({ deployed }) => deployed === undefined) + 1);
  }

  /** @throws Error when there is no such version now. */
  versionOf(name: string, mark: string): number {
    const version = this.versions(name).find(({ deployed }) => deployed?.mark === mark)?.version;
    if (version === undefined) throw new Error(`${name} has no ${mark}`);
    return version;
  }

  markOf(name: string, version: number): string | undefined {
    return this.versions(name).find((one) => one.version === version)?.deployed?.mark;
  }

  /** What the code of a deploy says, whether or not it is there still. */
  codeOf(name: string, mark: string): string | undefined {
    return this.#of(name).find(({ deployed }) => deployed?.mark === mark)?.deployed?.code;
  }

  /** Notes that a change is being sent. */
  send(name: string, deployed: Deployed | undefined): Change {
    const changes = this.#of(name);
    const sent = change(name, changes.length, deployed, this.now());
    changes.push(sent);
    return sent;
  }

  /** The server said yes. */
  acknowledged(sent: Change, shown?: Shown): void {
    const { name, deployed } = sent;
    if (deployed !== undefined) {
      const before = this.standing(name);
      const number = before.deployed === undefined ? 1 : (before.version ?? 0) + 1;
      if (shown?.version !== number || shown.mark !== deployed.mark) {
        this.faults.push(`${name}: a deploy that had to be version ${number} was answered ${JSON.stringify(shown)}`);
      }
    }
    this.#happened(sent, shown);
  }

  /** The server said no: it must not have happened. */
  refused(sent: Change): void {
    sent.fate = 'lost';
  }

  /** A server was asked what there is now, with no change under way: settles what was pending, and compares the rest. */
  look(name: string, shown: Shown | undefined): void {
    const pending = this.pending(name);
    const standing = this.standing(name);
    if (pending !== undefined && shown?.mark === pending.deployed?.mark) {
      const number = standing.deployed === undefined ? 1 : (standing.version ?? 0) + 1;
      if (shown !== undefined && shown.version !== number) {
        this.faults.push(`${name}: a deploy without an answer became version ${shown.version} instead of ${number}`);
      }
      this.#happened(pending, shown);
      return;
    }
    if (pending !== undefined) pending.fate = 'lost';
    const same =
      shown?.mark === standing.deployed?.mark &&
      (shown === undefined || (shown.version === standing.version && shown.sha256 === standing.sha256));
    if (!same) {
      this.faults.push(
        `${name}: acknowledged was ${describe(standing)}, and there is ${shown === undefined ? 'nothing' : JSON.stringify(shown)}`,
      );
    }
  }

  /** Whether a removal that has happened was not yet acknowledged at a moment. */
  wasRemovedSince(name: string, moment: number): boolean {
    return this.#of(name).some(
      ({ deployed, fate, settledAt }) => deployed === undefined && fate === 'happened' && (settledAt ?? 0) > moment,
    );
  }

  called(call: Call): void {
    this.#calls.push(call);
  }

  /** Judges the calls since the last time, once nothing is pending any more. Returns how many there were. */
  judgeCalls(): number {
    for (const call of this.#calls) this.#judge(call);
    const count = this.#calls.length;
    this.#calls = [];
    return count;
  }

  /** A call may see any state that was current at some moment between its sending and its reply, and no other. */
  #judge({ name, nonce, from, to, mark, code, version }: Call): void {
    const changes = this.#of(name).filter(({ fate }) => fate !== 'lost');
    const overtaken = changes.findLastIndex(({ settledAt }) => settledAt !== undefined && settledAt < from);
    const seen = changes.filter((one, index) => index >= overtaken && one.sentAt < to);
    const found = seen.find(({ deployed }) => deployed?.mark === mark);
    if (found === undefined) {
      const possible = seen.map(describe).join(', ');
      this.faults.push(`${name}: call ${nonce} met ${mark ?? 'no function'}, possible was ${possible}`);
    } else if (code !== found.deployed?.code || (version !== undefined && found.version !== version)) {
      this.faults.push(
        `${name}: call ${nonce} met code ${String(code)}, version ${String(version)}, of ${describe(found)}`,
      );
    }
  }

  #happened(sent: Change, shown: Shown | undefined): void {
    sent.fate = 'happened';
    sent.settledAt = this.now();
    sent.version = shown?.version;
    sent.sha256 = shown?.sha256;
  }

  #of(name: string): Change[] {
    const changes = this.#changes.get(name);
    if (changes === undefined) throw new Error(`${name} is not in this journal`);
    return changes;
  }
}

function change(name: string, order: number, deployed: Deployed | undefined, sentAt: number): Change {
  return {
    name,
    order,
    deployed,
    sentAt,
    fate: 'pending',
    settledAt: undefined,
    version: undefined,
    sha256: undefined,
  };
}

function describe({ deployed, version }: Change): string {
  return deployed === undefined ? 'no function' : `${deployed.mark} as version ${version ?? 'unknown'}`;
}

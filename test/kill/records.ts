import { isDeepStrictEqual } from 'node:util';
import type { RecordDocument } from '../../src/wire/record.ts';
import type { Place } from './places.ts';
import { clientOf, codeOf, count, failed, ifThere, type Witness } from './witness.ts';

interface Known {
  readonly id: string;
  readonly nonce: string;
  /** The server that answered the call: until its batch is written, it alone knows of it. */
  readonly answeredBy: string;
  /** What it was shown as by another server, which had it from the store. */
  kept: RecordDocument | undefined;
}

/** So many of those that are kept are looked at again and again. */
const mostKept = 30;

/**
 * What was told of calls that failed. A record is written behind the reply, so that a kill may take it; one that is in the store
 * stays, and so does each that had ended before an orderly stop.
 */
export class Records {
  readonly #witness: Witness;
  #known: Known[] = [];

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** A handler's error has been answered: it is told of at once, with the event. False when no server answers. */
  async failed(url: string, id: string, nonce: string): Promise<boolean> {
    const { faults } = this.#witness.journal;
    try {
      const record = await clientOf(url).invocations.show(id);
      if (!isWhole(record, nonce)) faults.push(`the failed call ${nonce} is told of as ${JSON.stringify(record)}`);
      this.#known.push({ id, nonce, answeredBy: url, kept: undefined });
      count(this.#witness, 'history: told right after the reply');
      return true;
    } catch (error) {
      return failed(this.#witness, 'history', id, error);
    }
  }

  /** Asks a server for those of all of them. */
  async look(url: string): Promise<void> {
    const { faults } = this.#witness.journal;
    for (const known of [...this.#known]) {
      const { id, nonce, answeredBy, kept } = known;
      const record = await ifThere(clientOf(url).invocations.show(id));
      if (record === undefined) {
        if (kept === undefined && url !== answeredBy && (await tells(answeredBy, id))) continue;
        if (kept !== undefined) faults.push(`the record of ${nonce} was there, and is gone`);
        else count(this.#witness, 'history: lost with the server');
        this.#known = this.#known.filter((one) => one !== known);
        continue;
      }
      if (!isWhole(record, nonce)) faults.push(`the record of ${nonce} is not whole: ${JSON.stringify(record)}`);
      if (kept !== undefined && !isDeepStrictEqual(record, kept)) faults.push(`the record of ${nonce} has changed`);
      if (url !== answeredBy) known.kept = record;
      count(this.#witness, 'history: still there');
    }
    this.#known = this.#known.slice(-mostKept);
  }

  /** After an orderly stop: what a place lacks of those that were told of. */
  async judge(place: Place): Promise<void> {
    const rows = await place.query(`select id from invocations where mode = 'sync'`);
    const ids = new Set(rows.map(({ id }) => id));
    const missing = this.#known.filter(({ id }) => !ids.has(id));
    if (missing.length > 0) this.#witness.journal.faults.push(`an orderly stop lost ${missing.length} records`);
  }
}

/** Whether a server that may be dead still lives, and knows what others do not know yet. */
async function tells(url: string, id: string): Promise<boolean> {
  try {
    return (await ifThere(clientOf(url).invocations.show(id))) !== undefined;
  } catch (error) {
    if (codeOf(error) === 'UNREACHABLE') return false;
    throw error;
  }
}

function isWhole({ state, outcome, error, event }: RecordDocument, nonce: string): boolean {
  const isFailure = state === 'failed' && outcome === 'handler_error';
  return isFailure && error?.includes(nonce) === true && (event as { nonce?: string } | undefined)?.nonce === nonce;
}

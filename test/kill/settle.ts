import type { Journal } from './journal.ts';
import type { Register } from './register.ts';
import { codeOf, count, failed, type Witness } from './witness.ts';

/** What is to be told of a change that was sent: neither of the two when no answer comes. */
export interface Sent<Reply> {
  acknowledged(reply: Reply): void;
  refused(): void;
}

interface Changing<Reply> {
  /** What is changed, for the report. */
  readonly what: string;
  readonly name: string;
  readonly sent: Sent<Reply>;
  readonly act: () => Promise<Reply>;
}

/** Has a change made, and notes what is known of it then. False when no server answers. */
export async function settle<Reply>(witness: Witness, { what, name, sent, act }: Changing<Reply>): Promise<boolean> {
  try {
    sent.acknowledged(await act());
    count(witness, `${what}: acknowledged`);
    return true;
  } catch (error) {
    // Without a reply nobody knows; with one, nothing may have happened.
    if (codeOf(error) !== 'UNREACHABLE') sent.refused();
    return failed(witness, what, name, error);
  }
}

/** Notes in a register that a value is being sent. */
export function sending(register: Register, value: string | undefined, journal: Journal): Sent<unknown> {
  const write = register.send(value, journal.now());
  return {
    acknowledged: () => {
      register.acknowledged(write, journal.now());
    },
    refused: () => {
      register.refused(write);
    },
  };
}

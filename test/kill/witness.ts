import { ClientError } from '../../src/client/client-error.ts';
import { SraasClient } from '../../src/client/sraas-client.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';

/** How often what was answered, for the report. */
export type Tally = Map<string, number>;

/** What all users of a campaign have in common. */
export interface Witness {
  readonly journal: Journal;
  readonly dice: Dice;
  readonly tally: Tally;
}

/** Adds to the report's line of this name. */
export function count({ tally }: Witness, what: string, times = 1): void {
  tally.set(what, (tally.get(what) ?? 0) + times);
}

/** Notes an error that a user met; false when it says that no server is there any more. */
export function failed(witness: Witness, what: string, name: string, error: unknown): boolean {
  const code = codeOf(error);
  count(witness, `${what}: ${code}`);
  if (!expectedCodes.has(code)) witness.journal.faults.push(`${name}: ${what} failed: ${String(error)}`);
  return code !== 'UNREACHABLE';
}

/** Refusals that are right while functions come and go, and the server with them. */
const expectedCodes = new Set(['UNREACHABLE', 'DRAINING']);

export function codeOf(error: unknown): string {
  return error instanceof ClientError ? error.code : String(error);
}

/** Refusals that say that there is no such thing. */
const goneCodes = new Set([
  ...['FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND', 'ALIAS_NOT_FOUND'],
  ...['SCHEDULE_NOT_FOUND', 'INVOCATION_NOT_FOUND'],
]);

/** What was asked for, or undefined when there is none. @throws what else goes wrong. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (goneCodes.has(codeOf(error))) return undefined;
    throw error;
  }
}

export function clientOf(url: string): SraasClient {
  return new SraasClient({ url });
}

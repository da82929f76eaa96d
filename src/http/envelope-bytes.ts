import { memberBytes, parsed } from '../documents/json-bytes.ts';
import { checkEnvelope } from '../invocations/envelope.ts';
import { parseJson } from './json.ts';

/** Fewer bytes are parsed as quickly as they are looked through. */
const worthLookingThroughBytes = 1024;
/** An envelope has three. */
const mostMembers = 10;

/**
 * Checks the bytes of an envelope: strict UTF-8, JSON, and the v1 envelope. Of a large one nothing is made of the event: its objects
 * would cost more than all the rest of a call, and be thrown away.
 * @throws SraasError INVALID_JSON, INVALID_ENVELOPE
 */
export function checkEnvelopeBytes(bytes: Uint8Array): void {
  const members = bytes.length < worthLookingThroughBytes ? undefined : memberBytes(bytes, mostMembers);
  // The parser knows where a text goes wrong.
  checkEnvelope(members === undefined ? parseJson(bytes) : withoutEvent(members));
}

/** Only what is looked at has a value. */
function withoutEvent(members: ReadonlyMap<string, Uint8Array>): object {
  return Object.fromEntries(
    Array.from(members, ([name, json]) => [name, isLookedAt(name) ? parsed(json) : undefined] as const),
  );
}

function isLookedAt(name: string): boolean {
  return name === 'version' || name === 'context';
}

import { isObject } from '../documents/json-object.ts';
import { pointerTo } from '../documents/json-pointer.ts';
import { SraasError, type Violation } from '../errors.ts';

/** Enough to mend an envelope by. */
const maxViolations = 20;

const members = new Set(['version', 'event', 'context']);

/**
 * Checks the body of an invoke against the v1 envelope. The bytes travel on as they came, so that the handler's own JSON
 * parser decides what a number or a key means.
 * @throws SraasError INVALID_ENVELOPE with every violation.
 */
export function checkEnvelope(envelope: unknown): void {
  if (!isObject(envelope)) {
    throw invalid([{ pointer: '', message: 'must be an object like {"version":"v1","event":{}}' }]);
  }
  const violations: Violation[] = [];
  const { version, context } = envelope;
  if (version !== 'v1')
    violations.push({ pointer: '/version', message: 'Unsupported or missing version: must be "v1"' });
  if (context !== undefined && !isObject(context)) {
    violations.push({ pointer: '/context', message: 'must be an object' });
  }
  for (const name of Object.keys(envelope)) {
    if (violations.length >= maxViolations) break;
    if (!members.has(name)) violations.push({ pointer: pointerTo(name), message: 'is not a member of the envelope' });
  }
  if (violations.length > 0) throw invalid(violations);
}

function invalid(violations: readonly Violation[]): SraasError {
  const [first] = violations;
  const where = first === undefined || first.pointer === '' ? 'The envelope' : first.pointer;
  return new SraasError('INVALID_ENVELOPE', `${where}: ${first?.message ?? ''}.`, { violations });
}

import { SraasError, type ErrorCode, type Violation } from '../errors.ts';

/** Enough to mend a document by, and few enough that a hostile one does not make a huge reply. */
const maxViolations = 100;

/**
 * What a client is told of a document with faults: the first one in a sentence, and all of them as violations.
 * @param what names the document: `the schedule`.
 */
export function refusedDocument(code: ErrorCode, what: string, violations: readonly Violation[]): SraasError {
  const shown = violations.slice(0, maxViolations);
  if (violations.length > shown.length) {
    shown.push({ pointer: '', message: `has ${violations.length - shown.length} more violations` });
  }
  const [first] = shown;
  const place = first === undefined || first.pointer === '' ? 'the document' : first.pointer.slice(0, 80);
  const rest = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new SraasError(code, `Correct ${what}: ${place} ${first?.message ?? 'is not valid'}${rest}.`, {
    violations: shown,
  });
}

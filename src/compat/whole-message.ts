import type { SraasError } from '../errors.ts';

/** All that an error says, in one line: for clients whose errors are one text. */
export function wholeMessage({ message, violations }: Pick<SraasError, 'message' | 'violations'>): string {
  const reasons = violations.map((violation) => `${violation.pointer} ${violation.message}`.trim());
  return [message, ...reasons.filter((reason) => !message.includes(reason))].join(' ');
}

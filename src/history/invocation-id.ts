import { SraasError } from '../errors.ts';

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether text has the form of an id, so that a store may be asked for it. */
export function isInvocationId(text: string): boolean {
  return idPattern.test(text);
}

export function invocationNotThere(): SraasError {
  return new SraasError(
    'INVOCATION_NOT_FOUND',
    'No invocation with this id is known: it never was, or its record has been removed, for those are kept for a time only.',
  );
}

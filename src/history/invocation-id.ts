const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether text has the form of an id, so that a store may be asked for it. */
export function isInvocationId(text: string): boolean {
  return idPattern.test(text);
}

/** Whether a value of a JSON text is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that a document has itself; undefined where it has none, or is no object. */
export function memberOf(document: unknown, name: string): unknown {
  return isObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
}

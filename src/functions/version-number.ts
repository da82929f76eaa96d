/** Largest number that every database's plain integer column holds. */
const largestNumber = 2 ** 31 - 1;

/** Whether a version can have this number; whether there is one is another question. */
export function isVersionNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largestNumber;
}

/** The number of a version that a text is, as the server writes it; undefined for any other text. */
export function readVersionNumber(text: string): number | undefined {
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
  return isVersionNumber(number) ? number : undefined;
}

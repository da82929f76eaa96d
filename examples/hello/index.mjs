export function handler({ a, b }) {
  if (typeof a !== 'number' || typeof b !== 'number') throw new TypeError('a and b must be numbers');
  if (b === 0) throw new RangeError('b must not be 0');
  console.log(`dividing ${a} by ${b}`);
  return { quotient: a / b };
}

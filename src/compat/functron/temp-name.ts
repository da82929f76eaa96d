import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const mostCharacters = 64;

/** A name for one run in functron's form, `functron-<name>-<5 letters>:1.0`. Nothing on the engine is called by it. */
export function tempName(name: string): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, mostCharacters)
    .replaceAll(/^-|-$/g, '');
  const random = Array.from({ length: 5 }, () => letters[randomInt(letters.length)] ?? 'a').join('');
  return ['functron', ...(safe === '' ? [] : [safe]), `${random}:1.0`].join('-');
}

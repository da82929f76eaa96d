import { randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

/** Says which form the bytes have, so that a later one can be told from it. */
const form = 1;
/** Long enough that random ones never meet. Source: draft-irtf-cfrg-xchacha, section 2.1. */
const nonceBytes = 24;
const headBytes = 1 + nonceBytes;

/** Encrypts a value and binds it to its name: what comes back opens under this name and this key only. */
export function seal(key: Uint8Array, name: string, value: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const text = xchacha20poly1305(key, nonce, associated(name)).encrypt(Buffer.from(value, 'utf8'));
  return Buffer.concat([Buffer.of(form), nonce, text]);
}

/** The value; undefined when the bytes were changed, or sealed under another name or with another key. */
export function unseal(key: Uint8Array, name: string, sealed: Uint8Array): string | undefined {
  if (sealed[0] !== form || sealed.length <= headBytes) return undefined;
  try {
    const cipher = xchacha20poly1305(key, sealed.subarray(1, headBytes), associated(name));
    return Buffer.from(cipher.decrypt(sealed.subarray(headBytes))).toString('utf8');
  } catch {
    return undefined;
  }
}

function associated(name: string): Uint8Array {
  return Buffer.from(`sraas secret ${name}`, 'utf8');
}

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../../../src/secrets/seal.ts';

const key = randomBytes(32);

describe('a sealed secret', () => {
  it('gives its value back, under its own name and key only', () => {
    const value = 'päß 🙂\n"quoted"';
    const sealed = seal(key, 'token', value);
    expect(unseal(key, 'token', sealed)).toBe(value);
    expect(unseal(key, 'other', sealed)).toBeUndefined();
    expect(unseal(randomBytes(32), 'token', sealed)).toBeUndefined();
  });

  it('does not show its value, nor that two values are equal', () => {
    const value = 'the very same value';
    const [one, two] = [seal(key, 'token', value), seal(key, 'token', value)];
    expect(one).not.toEqual(two);
    expect(Buffer.from(one).includes(value)).toBe(false);
  });

  it('does not open when any of its bytes was changed, or when it was cut', () => {
    const sealed = seal(key, 'token', 'value');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(unseal(key, 'token', changed)).toBeUndefined();
      expect(unseal(key, 'token', sealed.subarray(0, index))).toBeUndefined();
    }
  });
});

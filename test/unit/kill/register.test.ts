import { describe, expect, it } from 'vitest';
import { Register } from '../../kill/register.ts';

/** A register that one client set to `a`, and what was found wrong. */
function opened() {
  const faults: string[] = [];
  const register = new Register('one', faults);
  register.acknowledged(register.send('a', 10), 20);
  const saw = (value: string | undefined, from: number, to: number): void => {
    register.saw({ who: 'somebody', from, to, isIt: (one) => one === value, shown: value ?? 'nothing' });
  };
  const judged = (): readonly string[] => {
    register.judge();
    return faults;
  };
  return { register, saw, judged };
}

describe('a value that one sets and many see', () => {
  it('may be either of two while it is being set, and is the new one once that is acknowledged', () => {
    const { register, saw, judged } = opened();
    register.acknowledged(register.send('b', 30), 40);
    saw('a', 25, 35);
    saw('b', 31, 35);
    saw('a', 35, 45);
    saw('b', 41, 45);
    expect(judged()).toEqual([]);
  });

  it.each([
    ['an old one after another was acknowledged', 'a', 41, 45],
    ['a new one before it was sent', 'b', 21, 25],
    ['one that nobody ever set', 'c', 31, 35],
    ['none where there is one', undefined, 31, 35],
  ] as const)('is never %s', (_case, value, from, to) => {
    const { register, saw, judged } = opened();
    register.acknowledged(register.send('b', 30), 40);
    saw(value, from, to);
    expect(judged()).toHaveLength(1);
  });

  it('does not go back once somebody has seen it, though its client was never told', () => {
    const { register, saw, judged } = opened();
    register.send('b', 30);
    saw('b', 31, 35);
    saw('a', 36, 40);
    expect(judged()).toEqual(['one: somebody met a, possible was b']);
  });

  it('is never one that was refused, or that the next server did not have', () => {
    const { register, saw, judged } = opened();
    register.refused(register.send('b', 30));
    register.send('c', 35);
    register.look('a', 40);
    saw('b', 31, 34);
    saw('c', 36, 39);
    expect(judged()).toHaveLength(2);
  });

  it('is there for the next server, with or without the change that got no answer, and nothing else is', () => {
    const { register, judged } = opened();
    register.send('b', 30);
    register.look('b', 40);
    expect([register.standing, register.pending]).toEqual(['b', undefined]);
    register.look('a', 50);
    expect(judged()).toEqual(['one: acknowledged was b, and there is a']);
  });
});

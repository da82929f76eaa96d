import { describe, expect, it } from 'vitest';
import { BuildQueue } from '../../../src/builds/build-queue.ts';

const never = new AbortController().signal;

describe('turns', () => {
  it('go on in the order in which they were asked for', async () => {
    const queue = new BuildQueue({ what: 'builds', most: 1, length: 2 });
    const order: string[] = [];
    const take = async (name: string): Promise<() => void> => {
      const end = await queue.turn(never);
      order.push(name);
      return end;
    };
    const [first, second, third] = [take('first'), take('second'), take('third')];
    (await first)();
    (await second)();
    (await third)();
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it.each(['builds', 'installs'] as const)('are refused to more %s than may wait, by their name', async (what) => {
    const queue = new BuildQueue({ what, most: 1, length: 1 });
    const end = await queue.turn(never);
    queue.assertRoom();
    const waiting = queue.turn(never);
    expect(() => {
      queue.assertRoom();
    }).toThrow(`1 ${what} are waiting already; try again later.`);
    end();
    (await waiting)();
    queue.assertRoom();
  });

  it('are given up by those who no longer want them', async () => {
    const queue = new BuildQueue({ what: 'installs', most: 1, length: 1 });
    const end = await queue.turn(never);
    const leaving = new AbortController();
    const left = queue.turn(leaving.signal);
    leaving.abort('Somebody left.');
    await expect(left).rejects.toThrow('Somebody left.');
    await expect(queue.turn(leaving.signal)).rejects.toThrow('Somebody left.');
    end();
    (await queue.turn(never))();
  });
});

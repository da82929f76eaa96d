import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Link } from '../../../src/workers/link.ts';
import { linkedPorts } from './linked-ports.ts';

interface Sums {
  add(one: number, other: number): Promise<number>;
}

interface Asked {
  ask(what: string): Promise<string>;
}

describe('a link between two processes', () => {
  it('carries calls and results both ways', async () => {
    const [here, there] = linkedPorts();
    const toSums = new Link<Sums>(here, { ask: (what: string) => Promise.resolve(`asked ${what}`) });
    const toAsked = new Link<Asked>(there, { add: (one: number, other: number) => Promise.resolve(one + other) });
    expect(await toSums.call('add', 1, 2)).toBe(3);
    expect(await toAsked.call('ask', 'more')).toBe('asked more');
  });

  it('begins calls in the order in which they were made', async () => {
    const [here, there] = linkedPorts();
    const begun: string[] = [];
    const link = new Link<Asked>(here, {});
    new Link(there, {
      ask: (what: string) => {
        begun.push(what);
        return Promise.resolve(what);
      },
    });
    await Promise.all(['first', 'second', 'third'].map((what) => link.call('ask', what)));
    expect(begun).toStrictEqual(['first', 'second', 'third']);
  });

  it('tells failures of the platform as what they are, and others by their words and codes', async () => {
    const [here, there] = linkedPorts();
    const link = new Link<Asked>(here, {});
    const failures = [
      new SraasError('QUEUE_FULL', 'Too many.', {
        retryAfterSeconds: 7,
        violations: [{ pointer: '/a', message: 'b' }],
      }),
      Object.assign(new Error('taken'), { code: 'EADDRINUSE' }),
    ];
    new Link(there, { ask: () => Promise.reject(failures.shift() ?? new Error('none left')) });
    const told: unknown = await link.call('ask', '').catch((error: unknown) => error);
    expect(told).toBeInstanceOf(SraasError);
    expect(told).toMatchObject({ code: 'QUEUE_FULL', message: 'Too many.', retryAfterSeconds: 7 });
    expect((told as SraasError).violations).toStrictEqual([{ pointer: '/a', message: 'b' }]);
    await expect(link.call('ask', '')).rejects.toMatchObject({ message: 'taken', code: 'EADDRINUSE' });
  });

  it('tells whoever waits, and whoever asks later, that the other end has gone', async () => {
    const [here] = linkedPorts();
    const link = new Link<Asked>(here, {});
    const waiting = link.call('ask', '');
    link.break(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(link.call('ask', '')).rejects.toThrow('gone');
  });

  it('breaks when a message cannot be sent', async () => {
    const refusing = {
      send: (_message: unknown, onSent: (error: Error | null) => void) => {
        onSent(new Error('the channel is closed'));
      },
      onMessage: () => undefined,
    };
    await expect(new Link<Asked>(refusing, {}).call('ask', '')).rejects.toThrow('the channel is closed');
  });
});

import { describe, expect, it } from 'vitest';
import { ProgramEvents } from '../../../src/http/program-events.ts';

const last = { name: 'ended', data: {} };

async function all(events: ProgramEvents): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for await (const { name, data } of events) told.push([name, data]);
  return told;
}

describe('the events of a program', () => {
  it('join small pieces of a stream that nobody has taken yet', async () => {
    const events = new ProgramEvents('text');
    for (const text of ['a', 'b']) events.write('stdout', Buffer.from(text));
    events.write('stderr', Buffer.from('c'));
    events.write('stdout', Buffer.from('d'));
    events.end(last);
    expect(await all(events)).toEqual([
      ['stdout', { text: 'ab' }],
      ['stderr', { text: 'c' }],
      ['stdout', { text: 'd' }],
      ['ended', {}],
    ]);
  });

  it('keep characters whole whose bytes come apart, each stream by itself', async () => {
    const events = new ProgramEvents('text');
    const [first = 0, second = 0] = Buffer.from('é');
    events.write('stdout', Buffer.from([first]));
    events.write('stderr', Buffer.from([first]));
    events.write('stdout', Buffer.from([second]));
    events.end(last);
    expect(await all(events)).toEqual([
      ['stdout', { text: 'é' }],
      ['stderr', { text: '\ufffd' }],
      ['ended', {}],
    ]);
  });

  it('are base64 where that was asked for', async () => {
    const events = new ProgramEvents('base64');
    events.write('stdout', Buffer.from([0, 255]));
    events.end(last);
    expect(await all(events)).toEqual([
      ['stdout', { base64: 'AP8=' }],
      ['ended', {}],
    ]);
  });

  it('leave out what a slow client has no room for, say how much, and still end', async () => {
    const events = new ProgramEvents('text');
    const piece = Buffer.alloc(65_536, 'x');
    for (let pieces = 0; pieces < 100; pieces++) events.write('stdout', piece);
    events.end(last);
    const told = await all(events);
    expect(told.slice(0, 16).every((event) => (event as [string])[0] === 'stdout')).toBe(true);
    expect(told.slice(16)).toEqual([
      ['dropped', { bytes: 84 * 65_536 }],
      ['ended', {}],
    ]);
  });

  it('ask those to wait who can, until a slow client has taken some, or has gone', async () => {
    const events = new ProgramEvents('text');
    const piece = Buffer.alloc(65_536, 'x');
    for (let pieces = 0; pieces < 7; pieces++) events.write('stdout', piece);
    expect(events.untilRoom()).toBeUndefined();
    events.write('stdout', piece);
    const room = events.untilRoom();
    expect(room).toBeInstanceOf(Promise);
    const reader = events[Symbol.asyncIterator]();
    await Promise.all([room, reader.next()]);
    expect(events.untilRoom()).toBeUndefined();
    events.write('stdout', piece);
    const roomAgain = events.untilRoom();
    await Promise.all([roomAgain, reader.return()]);
    expect(events.untilRoom()).toBeUndefined();
  });

  it('copy what is only valid during the call', async () => {
    const events = new ProgramEvents('text');
    const piece = Buffer.from('kept');
    events.write('stdout', piece);
    piece.fill('x');
    events.end(last);
    expect(await all(events)).toEqual([
      ['stdout', { text: 'kept' }],
      ['ended', {}],
    ]);
  });
});

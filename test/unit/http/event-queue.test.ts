import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/http/event-queue.ts';
import type { StreamedEvent } from '../../../src/http/event-stream.ts';

const log = (number: number): StreamedEvent => ({ name: 'log', data: { number } });

async function read(queue: EventQueue): Promise<readonly StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of queue) events.push(event);
  return events;
}

describe('the events between a build and its client', () => {
  it('come in their order, those from before the reading as well, up to the last', async () => {
    const queue = new EventQueue();
    queue.push(log(1));
    const reading = read(queue);
    queue.push(log(2));
    await Promise.resolve();
    queue.push(log(3));
    queue.end({ name: 'done', data: {} });
    queue.push(log(4));
    queue.end({ name: 'again', data: {} });
    expect((await reading).map(({ name, data }) => [name, data])).toEqual([
      ['log', { number: 1 }],
      ['log', { number: 2 }],
      ['log', { number: 3 }],
      ['done', {}],
    ]);
  });

  it('are left out beyond a bound, which is told, and the last one always comes', async () => {
    const queue = new EventQueue();
    for (let number = 0; number < 2500; number++) queue.push(log(number));
    queue.end({ name: 'done', data: {} });
    const events = await read(queue);
    expect(events).toHaveLength(2002);
    expect(events.slice(-2)).toEqual([
      { name: 'dropped', data: { lines: 500 } },
      { name: 'done', data: {} },
    ]);
  });

  it('are forgotten when the client breaks off', async () => {
    const queue = new EventQueue();
    queue.push(log(1));
    for await (const event of queue) {
      expect(event).toEqual(log(1));
      break;
    }
    queue.push(log(2));
    expect(await read(queue)).toEqual([]);
  });
});

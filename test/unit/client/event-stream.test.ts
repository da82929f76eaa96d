import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerSentEvent } from '../../../src/client/event-stream.ts';

async function* pieces(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
}

async function eventsIn(...chunks: readonly (string | Uint8Array)[]): Promise<readonly ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(pieces(...chunks))) events.push(event);
  return events;
}

/** Tells a client after how many milliseconds to connect again. Source: WHATWG HTML, 9.2.6. */
const reconnectionField = 'retry';

describe('a stream of server-sent events', () => {
  it.each([
    ['names and data', 'id: 1\nevent: log\ndata: {"a":1}\n\n', [{ name: 'log', data: '{"a":1}' }]],
    ['an event without a name', 'data: x\n\n', [{ name: 'message', data: 'x' }]],
    ['data of several lines', 'data: a\ndata:b\ndata\n\n', [{ name: 'message', data: 'a\nb\n' }]],
    ['one leading space taken away, no more', 'data:  x\n\n', [{ name: 'message', data: ' x' }]],
    ['a colon in the data', 'data: a: b\n\n', [{ name: 'message', data: 'a: b' }]],
    [
      'comments, unknown fields and the time until a reconnection',
      `: hi\n${reconnectionField}: 3\nfoo: 1\n\n:\n\ndata: x\n\n`,
      [{ name: 'message', data: 'x' }],
    ],
    [
      'a name without data, which is no event and is forgotten',
      'event: a\n\ndata: x\n\n',
      [{ name: 'message', data: 'x' }],
    ],
    [
      'line ends of all kinds',
      'event: a\r\ndata: 1\r\rdata: 2\r\n\r\n',
      [
        { name: 'a', data: '1' },
        { name: 'message', data: '2' },
      ],
    ],
    ['a byte order mark', '\ufeffdata: x\n\n', [{ name: 'message', data: 'x' }]],
    ['an event that breaks off', 'data: x\n\ndata: y\n', [{ name: 'message', data: 'x' }]],
    ['nothing', '', []],
  ])('is read with %s', async (_what, text, events) => {
    expect(await eventsIn(text)).toEqual(events);
  });

  it('is the same in whatever pieces it comes', async () => {
    const text = ': c\r\nevent: log\rdata: "€ 😀"\r\n\r\nid: 2\ndata: a\ndata: b\n\n\r\ndata: last\r\r';
    const whole = await eventsIn(text);
    expect(whole).toHaveLength(3);
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length })), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await eventsIn(...chunks)).toEqual(whole);
      }),
    );
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import { problemResponse } from '../cli/replies.ts';

const frame = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const program = { runtime: 'python', code: 'x' };

function clientWith(answer: string | Response) {
  const fetch = vi.fn<Fetch>(() =>
    Promise.resolve(
      typeof answer === 'string' ? new Response(answer, { headers: { 'content-type': 'text/event-stream' } }) : answer,
    ),
  );
  return { client: new SraasClient({ url: 'http://server.test', fetch }), fetch };
}

async function heard(answer: string | Response): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const event of clientWith(answer).client.followProgram(program)) events.push(event);
  return events;
}

describe('a program that the client follows', () => {
  it('is told of up to its end', async () => {
    const answer =
      frame('started', { id: 'i' }) +
      frame('news', {}) +
      frame('stdout', { text: 'a' }) +
      frame('ended', { exit_code: 0 });
    expect(await heard(answer + frame('stdout', { text: 'late' }))).toEqual([
      { event: 'started', id: 'i' },
      { event: 'stdout', text: 'a' },
      { event: 'ended', exit_code: 0 },
    ]);
  });

  it('rejects with the problem, whether it came as a reply or as the last event', async () => {
    await expect(heard(problemResponse(429, 'QUEUE_FULL', 'Too many.'))).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    const problem = {
      type: 'x',
      title: 'x',
      status: 409,
      code: 'INVOCATION_CANCELLED',
      detail: 'No.',
      request_id: 'r',
    };
    await expect(heard(frame('started', { id: 'i' }) + frame('error', problem))).rejects.toMatchObject({
      code: 'INVOCATION_CANCELLED',
    });
  });

  it('rejects when the reply breaks off before its end', async () => {
    await expect(heard(frame('started', { id: 'i' }))).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});

describe('a program that the client runs', () => {
  it('is sent with its key, and answered with a document', async () => {
    const { client, fetch } = clientWith(Response.json({ stdout: 'a' }));
    expect(await client.runProgram(program, { idempotencyKey: 'k' })).toEqual({ stdout: 'a' });
    expect(fetch.mock.calls[0]).toMatchObject([
      'http://server.test/run',
      { method: 'POST', headers: { 'idempotency-key': 'k' }, body: JSON.stringify(program) },
    ]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import type { BuildEvent } from '../../../src/wire/build.ts';
import { problemResponse } from '../cli/replies.ts';

const frame = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

function clientWith(answer: string | Response) {
  const fetch = vi.fn<Fetch>(() =>
    Promise.resolve(
      typeof answer === 'string' ? new Response(answer, { headers: { 'content-type': 'text/event-stream' } }) : answer,
    ),
  );
  return { client: new SraasClient({ url: 'http://server.test', fetch }), fetch };
}

const definition = { contract: 'command', dockerfile: 'FROM x' } as const;
const log = { at: '2026-01-02T03:04:05.678Z', text: 'Step 1', line: 1 };

describe('a runtime that is put', () => {
  it('tells of the lines as they come, and gives the document at the end', async () => {
    const heard: BuildEvent[] = [];
    const { client, fetch } = clientWith(
      frame('log', log) + frame('news', {}) + frame('dropped', { lines: 3 }) + frame('done', { name: 'x' }),
    );
    const onBuild = (event: BuildEvent): void => void heard.push(event);
    expect(await client.runtimes.set('a b', definition, { files: { f: '1' } }, { onBuild })).toEqual({ name: 'x' });
    expect(heard).toEqual([
      { event: 'log', ...log },
      { event: 'dropped', lines: 3 },
    ]);
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe('http://server.test/runtimes/a%20b');
    expect(init).toMatchObject({
      method: 'PUT',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ ...definition, files: { f: '1' } }),
    });
  });

  it('sends an archive as multipart', async () => {
    const { client, fetch } = clientWith(frame('done', {}));
    await client.runtimes.set('x', definition, { archive: new Uint8Array([1]) });
    const body = fetch.mock.calls[0]?.[1].body as FormData;
    expect([...body.keys()]).toEqual(['config', 'archive']);
    expect(body.get('config')).toBe(JSON.stringify(definition));
  });

  it('rejects with the problem, whether it came as a reply or at the end of the stream', async () => {
    const problem = { code: 'RUNTIME_BUILD_FAILED', status: 422, detail: 'Line 2: no.' };
    for (const answer of [
      frame('log', log) + frame('error', problem),
      problemResponse(422, problem.code, problem.detail),
    ]) {
      await expect(clientWith(answer).client.runtimes.set('x', definition)).rejects.toMatchObject({
        name: 'ClientError',
        code: 'RUNTIME_BUILD_FAILED',
        status: 422,
        message: 'Line 2: no.',
      });
    }
  });

  it.each([
    ['breaks off', frame('log', log), 'UNREACHABLE'],
    ['is not understood', 'event: done\ndata: {\n\n', 'UNEXPECTED_REPLY'],
    ['ends with an error that is none', frame('error', {}), 'UNEXPECTED_REPLY'],
  ])('rejects when the stream %s', async (_how, answer, code) => {
    await expect(clientWith(answer).client.runtimes.set('x', definition)).rejects.toMatchObject({ code });
  });
});

it('a build that is followed ends with its state', async () => {
  const { client, fetch } = clientWith(frame('log', log) + frame('end', { id: 'b', state: 'failed' }));
  const heard: BuildEvent[] = [];
  expect(await client.builds.follow('x', (event) => heard.push(event))).toEqual({ id: 'b', state: 'failed' });
  expect(heard).toHaveLength(1);
  expect(fetch.mock.calls[0]?.[0]).toBe('http://server.test/runtimes/x/build?follow=true');
});

import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { answerWithBuild, type BuildAnswer } from '../../../src/http/build-answer.ts';
import { identify } from '../../../src/http/request-id.ts';
import type { BuildLine } from '../../../src/runtimes/custom/build-source.ts';
import { serve } from './served-app.ts';

type Work = (onLine: (line: BuildLine) => void) => Promise<BuildAnswer>;

async function ask(work: Work, accept?: string): Promise<Response> {
  const telling = { explain: () => undefined, onFailure: () => undefined };
  const { url } = await serve(identify, (request, response) => answerWithBuild(request, response, telling, work));
  return fetch(url, accept === undefined ? {} : { headers: { accept } });
}

const events = 'text/event-stream';
const made: BuildAnswer = { status: 201, headers: { Location: '/runtimes/x' }, document: { name: 'x' } };
const line = (text: string): BuildLine => ({ at: new Date(0), text, line: 2 });
const failure = new SraasError('RUNTIME_BUILD_FAILED', 'Line 2: no.');

describe('the answer to work that may build', () => {
  it.each([undefined, '*/*', 'application/json'])('is one document for who accepts %s', async (accept) => {
    const response = await ask((onLine) => {
      onLine(line('a'));
      return Promise.resolve(made);
    }, accept);
    expect([response.status, response.headers.get('location')]).toEqual([201, '/runtimes/x']);
    expect(await response.json()).toEqual({ name: 'x' });
  });

  it.each([events, `application/json, ${events};q=0.9`])(
    'is the lines and then the document for who accepts %s',
    async (accept) => {
      const response = await ask((onLine) => {
        onLine(line('a'));
        onLine({ at: new Date(0), text: 'b' });
        return Promise.resolve(made);
      }, accept);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, events]);
      expect(await response.text()).toBe(
        'id: 1\nevent: log\ndata: {"at":"1970-01-01T00:00:00.000Z","text":"a","line":2}\n\n' +
          'id: 2\nevent: log\ndata: {"at":"1970-01-01T00:00:00.000Z","text":"b","line":null}\n\n' +
          'id: 3\nevent: done\ndata: {"name":"x"}\n\n',
      );
    },
  );

  it('is the document alone, as an event, where nothing was built', async () => {
    expect(await (await ask(() => Promise.resolve(made), events)).text()).toBe(
      'id: 1\nevent: done\ndata: {"name":"x"}\n\n',
    );
  });

  it('is an ordinary error before the first line, and an event after it', async () => {
    const early = await ask(() => Promise.reject(failure), events);
    expect([early.status, early.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    const late = await ask((onLine) => {
      onLine(line('a'));
      return Promise.reject(failure);
    }, events);
    expect(late.status).toBe(200);
    expect(await late.text()).toMatch(
      /event: error\ndata: \{"type":"urn:sraas:error:runtime-build-failed",.*"status":422,.*"detail":"Line 2: no\.".*\}\n\n$/,
    );
  });
});

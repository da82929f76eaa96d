import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { hostRules } from '../../../src/http/host-rules.ts';
import { sendRaw, serve, type RawReply } from './served-app.ts';

const letIn: RequestHandler = (_request, response) => {
  response.end('in');
};

/** The reply to a GET with these lines, with one host and one origin allowed besides the usual. */
async function reply(lines: readonly string[], target = '/functions'): Promise<RawReply> {
  const rules = hostRules({ allowedHosts: ['Sraas.Internal'], allowedOrigins: ['https://tools.example'] });
  const { port } = await serve(rules, letIn);
  return sendRaw(port, [`GET ${target} HTTP/1.1`, ...lines]);
}

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.0.0.1:65535',
    '[::1]',
    '[::1]:8080',
    'sraas.internal',
    'SRAAS.internal:443',
  ])('lets %s in', async (host) => {
    expect(await reply([`Host: ${host}`])).toMatchObject({ status: 200, body: 'in' });
  });

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    'evil-localhost',
    'localhost.',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    'localhost:8080:80',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost, evil.example',
    'sraas.internal.evil.example',
    '',
  ])('keeps %j out', async (host) => {
    const { status, body } = await reply([`Host: ${host}`]);
    expect(status).toBe(421);
    expect(JSON.parse(body)).toMatchObject({ code: 'HOST_NOT_ALLOWED' });
  });

  it('keeps a request with two of them out, even when they are alike', async () => {
    for (const second of ['evil.example', 'localhost']) {
      expect((await reply(['Host: localhost', `Host: ${second}`])).status).toBe(421);
      expect((await reply([`host: ${second}`, 'HOST: localhost'])).status).toBe(421);
    }
  });

  it('keeps a request without one out', async () => {
    const rules = hostRules({ allowedHosts: [], allowedOrigins: [] });
    const { port } = await serve(rules, letIn);
    expect((await sendRaw(port, ['GET / HTTP/1.0'])).status).toBe(421);
    expect((await sendRaw(port, ['GET / HTTP/1.1'])).status).toBe(400);
  });

  it.each(['http://evil.example/', 'http://localhost/', 'HTTP://LOCALHOST:8080/functions', '//evil.example/'])(
    'does not make up for the request target %s, which names a host of its own',
    async (target) => {
      const { status } = await reply(['Host: localhost'], target);
      // Two slashes begin a path all the same: there is no host in it.
      expect(status).toBe(target.startsWith('//') ? 200 : 421);
    },
  );

  it('is not mistaken for another header’s value', async () => {
    expect((await reply(['X-Forwarded-Host: localhost', 'Host: evil.example'])).status).toBe(421);
    expect((await reply(['X-Name: host', 'X-Other: localhost', 'Host: evil.example'])).status).toBe(421);
    expect((await reply(['X-Name: host', 'Host: localhost'])).status).toBe(200);
  });
});

describe('a request of a web page', () => {
  it.each([
    ['Origin: https://evil.example'],
    ['Origin: null'],
    ['Origin: http://localhost:8080'],
    ['Origin: https://tools.example.evil.example'],
    ['Origin: http://tools.example'],
    ['Origin: https://tools.example', 'Origin: https://evil.example'],
    ['Origin: https://evil.example', 'Sec-Fetch-Site: same-origin'],
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-site'],
  ])('is kept out: %s %s', async (...lines) => {
    const { status, headers, body } = await reply(['Host: localhost', ...lines]);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
    expect(headers.toLowerCase()).not.toContain('access-control');
  });

  it.each([
    ['Origin: https://tools.example'],
    ['Origin: https://tools.example', 'Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-origin'],
    // Typed into the address bar.
    ['Sec-Fetch-Site: none'],
    ['Referer: https://evil.example/'],
  ])('is let in: %s %s', async (...lines) => {
    expect((await reply(['Host: localhost', ...lines])).status).toBe(200);
  });

  it('has to name a host that is allowed as well', async () => {
    expect((await reply(['Host: evil.example', 'Origin: https://tools.example'])).status).toBe(421);
  });
});

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOn, until } from '../../support/containers.ts';
import { startCompat, type CompatTestServer } from './compat-server.ts';

let server: CompatTestServer;
beforeAll(async () => {
  server = await startCompat('tdd-app');
});
afterAll(() => server.stop());

async function submit(fields: Record<string, string>): Promise<string> {
  const reply = await fetch(`${server.api}/send_code`, { method: 'POST', body: new URLSearchParams(fields) });
  expect(reply.status).toBe(200);
  return reply.text();
}

describe('tdd-app’s API', () => {
  it('runs Python and answers with both streams in the order of writing', async () => {
    const source = 'import sys\nprint("one")\nprint("two", file=sys.stderr)\nprint("three")\nraise ValueError("no")';
    expect(await submit({ source_code: source })).toMatch(
      /^From docker: one\ntwo\nthree\nTraceback [\s\S]*ValueError: no$/,
    );
  });

  it('runs tests of the code', async () => {
    const source = 'def add(a, b):\n    return a + b\n';
    const tests =
      'import unittest\nfrom main import add\nclass T(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 1), 2)\n';
    expect(await submit({ source_code: source, test_code: tests })).toMatch(/Ran 1 test[\s\S]*OK$/);
  });

  it('leaves neither code nor container', async () => {
    await submit({ source_code: 'print("a secret of mine")' });
    await until(async () => (await containersOn(server.dataDirectory)).length === 0, 10_000, 'the container is gone');
    for (const folder of ['staging', 'prepared']) {
      expect(await readdir(join(server.dataDirectory, folder)), folder).toEqual([]);
    }
  });

  it('goes on after an endless loop', { timeout: 90_000 }, async () => {
    const [endless, other] = await Promise.all([
      submit({ source_code: 'while True: pass' }),
      submit({ source_code: 'print(1)' }),
    ]);
    expect([endless, other]).toEqual([expect.stringContaining('its time limit'), 'From docker: 1']);
  });
});

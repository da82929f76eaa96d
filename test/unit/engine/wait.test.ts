import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { DockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';

it('a question for the end of a container is taken back when nobody wants to know any more', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-wait-'));
  const engine = createServer();
  try {
    engine.listen(join(directory, 'engine.sock'));
    await once(engine, 'listening');
    const request = once(engine, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const enough = new AbortController();
    const waiting = new DockerEngine({ host: `unix://${join(directory, 'engine.sock')}` })
      .wait('abc' as ContainerId, 60_000, enough.signal)
      .catch((error: unknown) => error);
    const [{ url, socket }, answer] = await request;
    const left = new Promise((resolve) => socket.once('close', resolve));
    // The engine sends the head at once, and the body when the container has ended.
    answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    enough.abort();
    expect(await waiting).toBeInstanceOf(EngineError);
    await left;
    expect(url).toBe('/containers/abc/wait');
  } finally {
    engine.close();
    engine.closeAllConnections();
    await rm(directory, { recursive: true, force: true });
  }
});

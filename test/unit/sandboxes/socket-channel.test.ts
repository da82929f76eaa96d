import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame, maxShimHeadBytes, type ShimFrame } from '../../../runtime/protocol.ts';
import type { Channel } from '../../../src/sandboxes/channel.ts';
import { SocketChannelListener } from '../../../src/sandboxes/socket-channel.ts';
import { patience } from '../../support/patience.ts';

let directory: string;
let path: string;
let listener: SocketChannelListener;
const closables: { close(): void }[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-channel-'));
  path = join(directory, 'channel.sock');
  listener = await SocketChannelListener.listen(path);
});
afterEach(async () => {
  for (const closable of closables.splice(0)) closable.close();
  listener.close();
  await rm(directory, { recursive: true, force: true });
});

/** Dials as a shim does. What goes wrong with the connection shows in what the test waits for. */
function dial(): Socket {
  const socket = createConnection(path);
  socket.on('error', () => undefined);
  // A stream that nobody reads never comes to its end.
  socket.resume();
  closables.push({ close: () => socket.destroy() });
  return socket;
}

/** Resolves when a connection has closed, in whichever way. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

async function connected(maxFrameBytes = 1000): Promise<{
  readonly shim: Socket;
  readonly channel: Channel;
  readonly frames: readonly ShimFrame[];
  readonly closings: readonly (string | undefined)[];
}> {
  const shim = dial();
  const channel = await listener.accept(maxFrameBytes);
  closables.push(channel);
  const frames: ShimFrame[] = [];
  const closings: (string | undefined)[] = [];
  channel.onFrame = (frame) => frames.push(frame);
  channel.onClosed = (violation) => closings.push(violation);
  return { shim, channel, frames, closings };
}

const ready = (loadMs: number): Buffer => encodeFrame('ready', { load_ms: loadMs });

describe('the socket that a sandbox dials', () => {
  it('can be connected to by any user', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o666);
  });

  it('serves one connection, and never a second', async () => {
    const { frames } = await connected();
    const second = dial();
    second.write(ready(1));
    await closed(second);
    expect(second.bytesRead).toBe(0);
    expect(frames).toEqual([]);
  });

  it('serves one of two that come at once', async () => {
    const shims = [dial(), dial()];
    for (const shim of shims) shim.write(ready(1));
    const channel = await listener.accept(1000);
    closables.push(channel);
    const frames = vi.fn();
    channel.onFrame = frames;
    await Promise.race(shims.map((shim) => closed(shim)));
    await vi.waitUntil(() => frames.mock.calls.length > 0, patience);
    expect(shims.filter((shim) => shim.closed)).toHaveLength(1);
    expect(frames).toHaveBeenCalledOnce();
  });

  it('serves nobody once it is closed', async () => {
    listener.close();
    const [error] = (await once(createConnection(path), 'error')) as [NodeJS.ErrnoException];
    expect(['ENOENT', 'ECONNREFUSED']).toContain(error.code);
  });
});

describe('the channel over it', () => {
  it('gives the frames in order, however their bytes were split', async () => {
    const { shim, frames } = await connected();
    const bytes = Buffer.concat([ready(1), ready(2), ready(3)]);
    shim.setNoDelay(true);
    for (const byte of bytes) {
      await new Promise<void>((resolve) =>
        shim.write(Uint8Array.of(byte), () => {
          resolve();
        }),
      );
    }
    await vi.waitUntil(() => frames.length === 3, patience);
    expect(frames).toEqual([1, 2, 3].map((loadMs) => ({ type: 'ready', loadMs })));
  });

  it('gives a frame that came before it was accepted', async () => {
    const shim = dial();
    shim.write(ready(5));
    await once(shim, 'connect');
    const channel = await listener.accept(1000);
    closables.push(channel);
    const frame = new Promise((resolve) => (channel.onFrame = resolve));
    expect(await frame).toEqual({ type: 'ready', loadMs: 5 });
  });

  it('sends a frame as the bytes that it was given', async () => {
    const { shim, channel } = await connected();
    channel.send(Buffer.from('any bytes'));
    const [received] = (await once(shim, 'data')) as [Buffer];
    expect(received.toString()).toBe('any bytes');
  });

  it('sends what stands behind a frame’s bytes right behind them', async () => {
    const { shim, channel } = await connected();
    const rest = Buffer.alloc(1_000_000, 'the rest');
    const received: Buffer[] = [];
    shim.on('data', (bytes: Buffer) => received.push(bytes));
    channel.send(Buffer.from('begin '), rest);
    channel.send(Buffer.from(' end'));
    const expected = Buffer.concat([Buffer.from('begin '), rest, Buffer.from(' end')]);
    await vi.waitUntil(() => shim.bytesRead === expected.length, patience);
    expect(Buffer.concat(received).equals(expected)).toBe(true);
  });

  it('reports once, without a violation, that the other side went away', async () => {
    const { shim, channel, closings } = await connected();
    shim.end();
    await vi.waitUntil(() => closings.length > 0, patience);
    await closed(shim);
    channel.close();
    expect(closings).toEqual([undefined]);
  });

  it.each<[what: string, bytes: Buffer]>([
    ['a number that no frame has', Buffer.from([0, 0, 0, 5, 99, 0, 0, 0, 0])],
    ['a frame of the host', encodeFrame('invoke', { id: 'a', attempt: 1, deadline_ms: 1, remaining_ms: 1 })],
    ['a frame over the cap', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ['a frame too short for a head', Buffer.from([0, 0, 0, 1, 130])],
    ['a head that is not JSON', Buffer.from([0, 0, 0, 6, 130, 0, 0, 0, 1, 0x7b])],
    ['a field of another type', encodeFrame('ready', { load_ms: 'soon' as unknown as number })],
    ['plain text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('reports %s once as a violation, and hangs up', async (_what, bytes) => {
    const { shim, frames, closings } = await connected();
    shim.write(bytes);
    await closed(shim);
    await vi.waitUntil(() => closings.length > 0, patience);
    expect(closings).toEqual([expect.stringMatching(/.+/)]);
    expect(frames).toEqual([]);
  });

  it('takes no head beyond the cap of all heads', async () => {
    const { shim, closings } = await connected(100_000);
    shim.write(encodeFrame('hello', { protocol: 1, language: 'x'.repeat(maxShimHeadBytes), language_version: '1' }));
    await vi.waitUntil(() => closings.length > 0, patience);
    expect(closings).toEqual([expect.stringContaining(String(maxShimHeadBytes))]);
  });

  it('lets a sandbox rest that says little in many frames, and takes all of them in the end', async () => {
    const { shim, channel } = await connected();
    let frames = 0;
    channel.onFrame = () => frames++;
    const began = performance.now();
    const count = 20_000;
    shim.write(Buffer.concat(Array.from({ length: count }, () => ready(1))));
    await vi.waitUntil(() => frames === count, patience);
    // A hundredth of a millisecond for each, but for those of the last chunk.
    expect(performance.now() - began).toBeGreaterThan(100);
  });

  it('gives nothing that came behind a violation', async () => {
    const { shim, frames, closings } = await connected();
    shim.write(Buffer.concat([Buffer.from([0, 0, 0, 5, 99, 0, 0, 0, 0]), ready(1)]));
    await vi.waitUntil(() => closings.length > 0, patience);
    await closed(shim);
    expect(frames).toEqual([]);
  });

  it('reports nothing when it is closed from this side, and drops what is sent then', async () => {
    const { shim, channel, frames, closings } = await connected();
    channel.close();
    channel.close();
    channel.send(Buffer.from('late'));
    channel.send(Buffer.from('late'), Buffer.from('and later'));
    shim.write(ready(1));
    await closed(shim);
    expect({ frames, closings, received: shim.bytesRead }).toEqual({ frames: [], closings: [], received: 0 });
  });

  it('leaves what comes where it is while it pauses, also when the rest behind many small frames is over', async () => {
    const { shim, channel, frames } = await connected();
    const many = Array.from({ length: 100 }, () => ready(1));
    shim.write(Buffer.concat(many));
    await vi.waitUntil(() => frames.length === 100, patience);
    channel.pause();
    shim.write(ready(2));
    // Longer than the rest.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(frames).toHaveLength(100);
    channel.resume();
    await vi.waitUntil(() => frames.length === 101, patience);
  });

  it('gives no frame once it was closed between two of one chunk', async () => {
    const { shim, channel } = await connected();
    const frames: ShimFrame[] = [];
    channel.onFrame = (frame) => {
      frames.push(frame);
      channel.close();
    };
    shim.write(Buffer.concat([ready(1), ready(2)]));
    await closed(shim);
    expect(frames).toEqual([{ type: 'ready', loadMs: 1 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { encodeFrame, maxShimFrameBytes, type ShimFrame } from '../../../runtime/protocol.ts';
import type { Attachment, AttachmentEvents } from '../../../src/engine/attachment.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import type { Channel } from '../../../src/sandboxes/channel.ts';
import type { Line } from '../../../src/sandboxes/channel-transport.ts';
import { stdioTransport } from '../../../src/sandboxes/stdio-transport.ts';

const hello = encodeFrame('hello', { protocol: 1, language: 'node', language_version: '24.0.0' });

/** A stand-in for an attachment: a real one needs a container, and cannot break off when the test says. */
class ScriptedAttachment implements Attachment {
  readonly events: AttachmentEvents;
  readonly written: Uint8Array[] = [];
  resumed = false;
  closed = false;
  onResume: () => void = () => undefined;

  constructor(events: AttachmentEvents) {
    this.events = events;
  }

  resume(): void {
    this.resumed = true;
    this.onResume();
  }

  pause(): void {
    this.resumed = false;
  }

  write(bytes: Uint8Array): Promise<boolean> {
    this.written.push(bytes);
    return Promise.resolve(true);
  }

  endInput(): void {
    throw new Error('Nobody ends the input of a sandbox');
  }

  close(): void {
    this.closed = true;
  }
}

async function connected(): Promise<{
  line: Line;
  channel: Channel;
  attachment: ScriptedAttachment;
  heard: unknown[];
}> {
  let attachment: ScriptedAttachment | undefined;
  const transport = stdioTransport({
    attach: (_id, events) => {
      attachment = new ScriptedAttachment(events);
      return Promise.resolve(attachment);
    },
  });
  const line = await transport.open('/nowhere');
  await line.attach('container' as ContainerId);
  if (attachment === undefined) throw new Error('Nothing was attached');
  const [resumed, heard] = [attachment, [] as unknown[]];
  // All that waits comes in the moment in which it may.
  resumed.onResume = () => {
    resumed.events.onStdout(hello);
  };
  const channel = await line.accept(maxShimFrameBytes(0));
  const greeted = new Promise<void>((resolve) => {
    channel.onFrame = (frame: ShimFrame) => {
      heard.push(frame.type);
      resolve();
    };
  });
  channel.onClosed = (violation) => heard.push(['closed', violation]);
  await greeted;
  return { line, channel, attachment, heard };
}

describe('a line over standard streams', () => {
  it('makes no folder, and tells the hello to whoever waits for the channel', async () => {
    const { line, heard } = await connected();
    expect(line.directory).toBeUndefined();
    expect(heard).toEqual(['hello']);
  });

  it('sends frames to stdin, until it is closed', async () => {
    const { channel, attachment } = await connected();
    channel.send(hello);
    channel.send(hello.subarray(0, 3), hello.subarray(3));
    channel.close();
    channel.send(hello);
    channel.send(hello.subarray(0, 3), hello.subarray(3));
    expect(attachment.written).toEqual([hello, hello.subarray(0, 3), hello.subarray(3)]);
  });

  it('tells once that the container has gone', async () => {
    const { attachment, heard } = await connected();
    attachment.events.onEnd();
    attachment.events.onEnd();
    expect(heard).toEqual(['hello', ['closed', undefined]]);
  });

  it('tells what broke the protocol, and still hears the output of what broke it', async () => {
    const { line, channel, attachment, heard } = await connected();
    const chunks: string[] = [];
    const mark = line.output.begin((chunk) => chunks.push(Buffer.from(chunk).toString()));
    attachment.events.onStdout(Buffer.alloc(16, 255));
    attachment.events.onStdout(hello);
    expect(heard).toEqual(['hello', ['closed', expect.stringMatching(/over the cap/)]]);
    expect([channel.closed, attachment.closed]).toEqual([true, false]);
    attachment.events.onStderr(Buffer.from(`${String(mark)}why`));
    attachment.events.onEnd();
    expect(await line.output.end('gone')).toBe(true);
    expect(chunks).toEqual(['why']);
  });

  it('lets go of the container when it is closed', async () => {
    const { line, channel, attachment } = await connected();
    line.close();
    line.close();
    expect([channel.closed, attachment.closed]).toEqual([true, true]);
  });
});

import { connect } from 'node:net';
import type { HostFrame } from '../protocol.ts';
import { FrameDecoder, parseHostFrame } from '../protocol.ts';
import { firstBytes } from './originals.ts';

export interface Channel {
  /** Sends one frame in one write. */
  readonly send: (frame: Buffer) => void;
}

export interface ChannelEvents {
  readonly onOpen: () => void;
  readonly onFrame: (frame: HostFrame) => void;
  /** The host sent what is not the protocol, or a frame at the wrong time. */
  readonly onViolation: (error: unknown) => void;
  /** There is no host at the other end; `error` when there never was one. */
  readonly onClosed: (error: Error | undefined) => void;
}

const readBufferBytes = 65_536;
// The host is trusted: this only has to be more than any envelope or environment that an operator can allow.
const maxHostFrameBytes = 1_000_000_000;

/** Dials the host. The open channel keeps the process alive until the host closes it. */
export function openChannel(socketPath: string, events: ChannelEvents): Channel {
  const decoder = new FrameDecoder({ maxFrameBytes: maxHostFrameBytes });
  const receive = (chunk: Buffer): void => {
    try {
      const frames = decoder.push(chunk);
      // User code may have replaced what for-of calls.
      // eslint-disable-next-line @typescript-eslint/prefer-for-of
      for (let index = 0; index < frames.length; index += 1) {
        const frame = frames[index];
        if (frame !== undefined) events.onFrame(parseHostFrame(frame));
      }
    } catch (error) {
      events.onViolation(error);
    }
  };
  let opened = false;
  let failure: Error | undefined;
  const socket = connect({
    path: socketPath,
    // Reads into one buffer for ever. A frame may lie in it, so what is received must be used up before returning.
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBufferBytes),
      callback: (bytes, buffer) => {
        receive(firstBytes(buffer, bytes));
        return true;
      },
    },
  });
  const write: (frame: Buffer) => boolean = socket.write.bind(socket);
  socket.on('connect', () => {
    opened = true;
    events.onOpen();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    events.onClosed(opened ? undefined : failure);
  });
  return { send: (frame) => void write(frame) };
}

import type { OnReadOpts, SocketConstructorOpts } from 'node:net';
import { connect, Socket } from 'node:net';
import type { HostFrame } from '../protocol.ts';
import { FrameDecoder, parseHostFrame } from '../protocol.ts';
import { firstBytes } from './originals.ts';

export interface Channel {
  /**
   * Sends one frame in one write. False when it waits in memory for the host to read what came before.
   * `rest` is what of the frame stands behind these bytes; it must not change before it has been sent.
   */
  readonly send: (frame: Buffer, rest?: Uint8Array) => boolean;
  /** Calls once, when frames no longer wait in memory. */
  readonly onceRoom: (callback: () => void) => void;
}

export interface ChannelEvents {
  readonly onOpen: () => void;
  readonly onFrame: (frame: HostFrame) => void;
  /** The host sent what is not the protocol, or a frame at the wrong time. */
  readonly onViolation: (error: unknown) => void;
  /** There is no host at the other end; `error` when there never was one. */
  readonly onClosed: (error: Error | undefined) => void;
}

/** Makes the channel. Open, it keeps the process alive until the host closes it. */
export type OpenChannel = (events: ChannelEvents) => Channel;

const readBufferBytes = 65_536;
// The host is trusted: this only has to be more than any envelope or environment that an operator can allow.
const maxHostFrameBytes = 1_000_000_000;

/** Dials the host, which listens on a Unix socket. */
export function dialledChannel(socketPath: string): OpenChannel {
  return (events) => {
    let opened = false;
    let failure: Error | undefined;
    const socket = connect({ path: socketPath, onread: frameReader(events) });
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
    return senderOver(socket);
  };
}

/** Two descriptors that somebody else has opened: frames come in on one and go out on the other. */
export function adoptedChannel(descriptors: { readonly input: number; readonly output: number }): OpenChannel {
  return (events) => {
    // The published type lacks a member. Source: net.Socket in Node's documentation.
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: descriptors.input,
      writable: false,
      onread: frameReader(events),
    };
    const input = new Socket(options);
    const output = new Socket({ fd: descriptors.output, readable: false, writable: true });
    for (const socket of [input, output]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        events.onClosed(undefined);
      });
    }
    // Not at once: what greets the host is made from what this returns.
    process.nextTick(events.onOpen);
    return senderOver(output);
  };
}

/** Reads into one buffer for ever. A frame may lie in it, so what is received must be used up before returning. */
function frameReader(events: ChannelEvents): OnReadOpts {
  const decoder = new FrameDecoder({ maxFrameBytes: maxHostFrameBytes });
  return {
    buffer: Buffer.allocUnsafeSlow(readBufferBytes),
    callback: (sizeBytes, buffer) => {
      try {
        const frames = decoder.push(firstBytes(buffer, sizeBytes));
        // User code may have replaced what for-of calls.
        // oxlint-disable-next-line typescript/prefer-for-of
        for (let index = 0; index < frames.length; index += 1) {
          const frame = frames[index];
          if (frame !== undefined) events.onFrame(parseHostFrame(frame));
        }
      } catch (error) {
        events.onViolation(error);
      }
      return true;
    },
  };
}

function senderOver(socket: Socket): Channel {
  const write: (bytes: Uint8Array) => boolean = socket.write.bind(socket);
  const cork: () => void = socket.cork.bind(socket);
  const uncork: () => void = socket.uncork.bind(socket);
  const onceDrained: (event: 'drain', callback: () => void) => unknown = socket.once.bind(socket);
  return {
    send: (frame, rest) => {
      if (rest === undefined) return write(frame);
      cork();
      write(frame);
      const hasRoom = write(rest);
      uncork();
      return hasRoom;
    },
    onceRoom: (callback) => void onceDrained('drain', callback),
  };
}

/** Version of the frames. Both sides name it, and neither talks to another. */
export const protocolVersion = 1;

/** Where things are inside a sandbox. The host mounts them there, read-only. */
export const sandboxPaths = {
  /** Folder with the socket that the shim dials and the FIFO that it writes output to. */
  directory: '/run/sraas',
  channelSocket: 'channel.sock',
  outputFifo: 'output',
  /** The function's files; also the working directory. */
  code: '/function',
  nodeShim: '/opt/sraas/node/shim.cjs',
  pythonShim: '/opt/sraas/python/main.py',
} as const;

/** Exit codes that mean something: a crash between invocations, a host that broke the protocol, no way to the host. */
export const shimExitCode = { crashed: 1, protocolViolation: 70, noTransport: 71 } as const;

/** Most bytes of an error text, UTF-8. */
export const maxErrorTextBytes = 65_536;

/** Most bytes of a program's output in one frame. */
export const maxOutputBytes = 65_536;

/** Exit codes of a program that could not be started, as shells have them: nothing of that name, or nothing that can be run. */
export const startFailureExitCode = { notFound: 127, notExecutable: 126 } as const;

/** Most bytes of the head of a frame from a sandbox. All of them are far smaller. */
export const maxShimHeadBytes = 4096;

/** Bytes of a frame's own length, which does not count them. */
export const lengthBytes = 4;

/** Bytes of a frame's type and of the length of its head. */
export const typeAndHeadLengthBytes = 5;

/** The cap to give a `FrameDecoder` that reads a sandbox whose results may have `resultBytes` bytes. */
export function maxShimFrameBytes(resultBytes: number): number {
  return typeAndHeadLengthBytes + maxShimHeadBytes + Math.max(resultBytes, maxErrorTextBytes);
}

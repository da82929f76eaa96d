/**
 * The bytes between host and shim: `docs/protocol.md` in types. Host and shims share this and nothing else.
 *
 * What lies behind it takes the functions it needs from the globals when it loads, which is before any user code: a
 * handler that replaces `JSON` or patches `Buffer` cannot change what later frames say.
 */
export { FrameDecoder } from './frames/decoder.ts';
export { encodeFrame, encodeInParts } from './frames/encode.ts';
export type {
  Frame,
  FrameType,
  InitHead,
  InvokeHead,
  ProgramHead,
  ProgramStream,
  ResultStatus,
} from './frames/frame.ts';
export { frameNumbers } from './frames/frame.ts';
export type { HostFrame } from './frames/host-frame.ts';
export { parseHostFrame } from './frames/host-frame.ts';
export { ProtocolError } from './frames/protocol-error.ts';
export type { ExitedFrame, ShimFrame } from './frames/shim-frame.ts';
export { parseShimFrame } from './frames/shim-frame.ts';
export {
  maxErrorTextBytes,
  maxOutputBytes,
  maxShimFrameBytes,
  maxShimHeadBytes,
  protocolVersion,
  sandboxPaths,
  shimExitCode,
  startFailureExitCode,
} from './frames/terms.ts';

import type { ShimFrame } from '../../runtime/protocol.ts';
import { isJsonText } from '../documents/json-bytes.ts';
import type { Answer } from './ending.ts';
import type { Exchange } from './exchange.ts';

/**
 * The answer that a frame gives to what was asked; a string says what is wrong with it. What a sandbox calls a result is
 * checked to be one JSON text here, once, so that it can travel on as bytes.
 */
export function answerTo(exchange: Exchange, frame: ShimFrame, maxResultBytes: number): Answer | string {
  if (exchange.phase === 'load') {
    if (frame.type === 'ready') return { status: 'ready', loadMs: frame.loadMs };
    if (frame.type === 'load_failed') return { status: 'load_failed', error: frame.error };
    return `it sent a ${frame.type} frame while loading`;
  }
  if (frame.type !== 'result') return `it sent a ${frame.type} frame instead of a result`;
  const { status, durationMs, reusable } = frame;
  if (frame.id !== exchange.invocationId) return 'it answered an invocation that it was not asked for';
  if (status !== 'ok') return { status, error: frame.error, durationMs, reusable };
  if (frame.resultJson.length > maxResultBytes) return 'it sent a result over the limit';
  if (!isJsonText(frame.resultJson)) return 'it sent a result that is not JSON';
  return { status, result: frame.resultJson, durationMs, reusable };
}

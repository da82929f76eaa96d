import type { Envelope } from '../wire/invoke.ts';
import type { ApiRequest } from './api-request.ts';
import { keyHeaders, type Keyed } from './idempotency-key.ts';
import { functionPath } from './paths.ts';

export interface InvokeInput extends Keyed {
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** @param query `?mode=async` for an invocation that nobody waits for. */
export function invokeRequest(reference: string, input: InvokeInput, query = ''): ApiRequest {
  const { event, context, signal, onRepeat } = input;
  const body: Envelope = { version: 'v1', event, ...(context === undefined ? {} : { context }) };
  const path = `${functionPath(reference)}/invoke${query}`;
  return { method: 'POST', path, body, headers: keyHeaders(input), signal, onRepeat };
}

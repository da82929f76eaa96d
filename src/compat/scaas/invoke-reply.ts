import type { Reply } from '../../invocations/reply.ts';

/** The four members of SRaaS's reply. The result travels as the bytes that the sandbox sent, which have been checked to be JSON. */
export function encodeInvokeReply({ verdict, logs, durationMs }: Reply): Buffer {
  const rest = { logs, error: verdict.error ?? null, duration_ms: Math.round(durationMs) };
  const result = verdict.result ?? Buffer.from('null');
  return Buffer.concat([Buffer.from('{"result":'), result, Buffer.from(`,${JSON.stringify(rest).slice(1)}`)]);
}

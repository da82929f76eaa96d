import type { KnownInvocation } from '../../history/history.ts';
import { invocationToWire } from '../../history/invocation-wire.ts';

/** The JSON text that a webhook gets: the invocation as the API shows it, and the result as the bytes that the sandbox sent. */
export function webhookBody({ record, payload }: KnownInvocation): Buffer {
  const { webhook: _ownDelivery, ...told } = record;
  const invocation = JSON.stringify(invocationToWire(told));
  const logs = Buffer.from(payload.logs ?? []).toString();
  const rest = JSON.stringify({ error: record.error ?? null, logs });
  return Buffer.concat([
    Buffer.from(`{"invocation":${invocation},"result":`),
    payload.result ?? Buffer.from('null'),
    Buffer.from(`,${rest.slice(1)}`),
  ]);
}

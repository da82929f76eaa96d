import { ClientError } from './client-error.ts';

/** Does something over the connection; what breaks it becomes a ClientError, but for an abort by the caller. */
export async function reaching<T>(url: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable(url, error);
  }
}

/** What the operating system says when nothing listens there, or the name leads nowhere. */
const nobodyThere = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function unreachable(url: string, error: unknown): ClientError {
  const code = systemCode(error);
  const sentence =
    code !== undefined && nobodyThere.has(code)
      ? `No server answers at ${url}: start one with \`npm run up\` or \`sraas serve\`.`
      : `The connection to ${url} broke before the reply was complete (${code ?? String(error)}): see that the ` +
        'server runs (`npm run up` or `sraas serve`) and try again.';
  return new ClientError('UNREACHABLE', sentence, { cause: error });
}

function systemCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  // Several addresses of one name that all refused arrive as one error that holds theirs.
  const first: unknown = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : undefined;
}

import type { HealthReply } from '../../wire/health.ts';
import {
  closed,
  closedAs,
  count,
  listOf,
  nullable,
  oneWordOf,
  text,
  time,
  told,
  truth,
  type Schema,
} from '../schema.ts';

/** What operators ask for. */
export function healthSchemas(): Readonly<Record<string, Schema>> {
  return {
    Health: closedAs<HealthReply>({ status: { const: 'ok' }, version: text, started_at: time }, {}),
    Readiness: closed({
      status: oneWordOf(['ready', 'read_only', 'draining']),
      disk: closed({
        free_bytes: nullable(count),
        free_files: told('Null where their number has no limit', nullable(count)),
        writable: truth,
        refused: told('What is refused while room is short', listOf(oneWordOf(['deploys', 'async']))),
      }),
    }),
  };
}

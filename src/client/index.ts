/** What programs import as `sraas/client`. */
export { ClientError } from './client-error.ts';
export { SraasClient, type ClientOptions, type RunRequest } from './sraas-client.ts';
export type { Code } from './code.ts';
export type { Condition, DeployCondition, Tagged } from './condition.ts';
export type { FollowedEvent } from './follow-program.ts';
export type { Keyed } from './idempotency-key.ts';
export type { InvokeInput } from './invoke-request.ts';

// The documents that go over the wire, by their names in docs/http-api.md.
export type * from '../wire/alias.ts';
export type * from '../wire/build.ts';
export type * from '../wire/change.ts';
export type * from '../wire/function-config.ts';
export type * from '../wire/function.ts';
export type * from '../wire/health.ts';
export type * from '../wire/invoke.ts';
export type * from '../wire/language.ts';
export type * from '../wire/live-log.ts';
export type * from '../wire/outcome.ts';
export type * from '../wire/page.ts';
export type * from '../wire/problem.ts';
export type * from '../wire/program.ts';
export type * from '../wire/record.ts';
export type * from '../wire/running.ts';
export type * from '../wire/runtime.ts';
export type * from '../wire/schedule.ts';
export type * from '../wire/secret.ts';
export type * from '../wire/version-difference.ts';

/**
 * The documents of the HTTP API as they are on the wire: snake_case, sizes and times with their units in the name.
 * Only what the client reads or sends is here. The client shares no type with the server, which it may be older or newer than;
 * tests hold both to the same documents.
 */
export type { FunctionConfigDocument } from './wire/function-config.ts';
export type { DeployChange, DeployReply, FunctionDocument, VersionDocument } from './wire/function.ts';
export type { VersionDifference } from './wire/version-difference.ts';
export type { AliasDocument, AliasTargetDocument } from './wire/alias.ts';
export type { Envelope, InvokeReply, OutcomeWord } from './wire/invoke.ts';
export type { RunningDocument, RunningReply } from './wire/running.ts';
export type { HistoryFilterDocument, RecordDocument } from './wire/record.ts';
export type { LiveLogEvent } from './wire/live-log.ts';
export type { HealthReply } from './wire/health.ts';
export type { PrunedImage, RuntimeDefinitionDocument, RuntimeDocument } from './wire/runtime.ts';
export type { BuildDocument, BuildEvent, BuildLogDocument } from './wire/build.ts';
export type {
  ScheduleDefinitionDocument,
  ScheduleDocument,
  ScheduleSummary,
  SetScheduleReply,
} from './wire/schedule.ts';
export type { SecretDocument, SetSecretReply } from './wire/secret.ts';
export type { PagedDocuments } from './wire/page.ts';
export type { ProblemDocument, ViolationDocument } from './wire/problem.ts';

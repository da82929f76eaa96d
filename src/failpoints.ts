/**
 * The named moments at which a test can have the server's process killed, in the order of a server's life. Each is passed by
 * exactly one line of the product, and means nothing unless the process was started with `SRAAS_FAIL_AT`.
 */
export const failpointNames = [
  // A start: the database, its schema, what an earlier run left, then the port.
  'start.locked',
  'start.database_made',
  'start.database_renamed',
  'migration.step_done',
  'start.migrated',
  'start.schema_ready',
  'start.instance_id_written',
  'start.staging_swept',
  'start.artifacts_collected',
  'start.folders_swept',
  'start.containers_swept',
  'start.leases_voided',
  'start.before_listening',
  'start.listening',
  // A deploy: the upload, the code, the transaction, the news.
  'deploy.received',
  'artifact.file_written',
  'deploy.staged',
  'artifact.fsynced',
  'artifact.renamed',
  'artifact.kept',
  'deploy.code_kept',
  'deploy.name_claimed',
  'deploy.version_inserted',
  'deploy.before_commit',
  'deploy.after_commit',
  'deploy.activated',
  // A removal.
  'remove.versions_deleted',
  'remove.before_commit',
  'remove.after_commit',
  'remove.told',
  // An alias that is set.
  'alias.put_before_commit',
  'alias.after_commit',
  'alias.told',
  // A secret that is set, and before the first one its key.
  'secret.key_written',
  'secret.key_made',
  'secret.put_before_commit',
  'secret.after_commit',
  'secret.told',
  // An invocation, and the container that it may need.
  'invoke.resolved',
  'sandbox.folder_made',
  'sandbox.created',
  'sandbox.started',
  'invoke.sandbox_ready',
  'invoke.ended',
  'invoke.before_reply',
  // A request with an idempotency key.
  'idempotency.reserved',
  'idempotency.kept',
  'idempotency.kept_before_commit',
  // An asynchronous invocation: accepted, claimed, tried, ended, or cancelled.
  'async.accept_before_commit',
  'async.accepted',
  'async.claim_before_commit',
  'async.claimed',
  'async.attempt_ended',
  'async.put_back_before_commit',
  'async.end_before_commit',
  'async.end_written',
  'async.cancel_before_commit',
  'async.cancelled',
  'async.waiting_cancelled',
  // A webhook.
  'webhook.claimed',
  'webhook.answered',
  'webhook.put_back_before_commit',
  'webhook.end_before_commit',
  'webhook.written',
  // A schedule that is set, and one whose time has come.
  'schedule.put_before_commit',
  'schedule.put',
  'schedule.due',
  'schedule.taken',
  'schedule.run',
  // What is written behind the replies.
  'history.before_append',
  'history.append_before_commit',
  'history.appended',
  // An orderly end.
  'stop.draining',
  'stop.drained',
] as const;

export type Failpoint = (typeof failpointNames)[number];

interface Armed {
  readonly name: Failpoint;
  readonly die: () => void;
  passagesLeft: number;
}

let armed: Armed | undefined;

/**
 * Has the process die at a passage of a failpoint: `deploy.after_commit` at the first, `deploy.after_commit:3` at the third.
 * For tests of what a crash leaves; nothing else calls it.
 *
 * @param die ends the process at once, and does not come back.
 * @throws RangeError for a name that is not in the list, or a count that is none.
 */
export function armFailpoint(text: string, die: () => void): void {
  const [, name, count = '1'] = /^([a-z_.]+)(?::([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const known = failpointNames.find((one) => one === name);
  if (known === undefined) {
    throw new RangeError(
      `SRAAS_FAIL_AT is ${text}: give name or name:count, with a name of ${failpointNames.join(', ')}.`,
    );
  }
  armed = { name: known, die, passagesLeft: Number(count) };
}

/** Lets every failpoint be passed again. */
export function disarmFailpoint(): void {
  armed = undefined;
}

/** Marks a moment at which a test may have the process killed. Costs one comparison else. */
export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.passagesLeft -= 1;
  if (armed.passagesLeft === 0) armed.die();
}

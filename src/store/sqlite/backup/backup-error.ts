/** A backup that cannot be made or restored, for a reason that its owner can mend. Nothing was replaced. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

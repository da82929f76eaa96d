import { isArtifactHash, type ArtifactHash } from '../../../artifacts/artifact-hash.ts';
import { BackupError } from './backup-error.ts';

/** Names of what is in a backup, which is one tar. The manifest comes first. */
export const entryNames = { manifest: 'sraas-backup.json', database: 'sraas.db', secretsKey: 'secrets.key' } as const;

/** The only form there is; a later one gets a number of its own. */
const format = 1;

/** What a backup says about itself, and is checked against when it is restored. */
export interface BackupManifest {
  readonly createdAt: string;
  /** Steps that the database's schema has taken. */
  readonly schema: number;
  /** SHA-256 of the database's file, 64 lower-case hex digits. */
  readonly databaseHash: string;
  /** All code that the database refers to; each is checked by its own name. */
  readonly artifacts: readonly ArtifactHash[];
  readonly hasSecretsKey: boolean;
}

export function manifestText({ createdAt, schema, databaseHash, artifacts, hasSecretsKey }: BackupManifest): string {
  const document = {
    format,
    created_at: createdAt,
    schema,
    database_sha256: databaseHash,
    secrets_key: hasSecretsKey,
    artifacts,
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

/** @throws BackupError when this is no manifest of the form known here. */
export function parseManifest(text: string): BackupManifest {
  const document = parsed(text);
  if (document['format'] !== format) {
    throw new BackupError('The backup was made by a newer sraas: restore it with that version.');
  }
  const { created_at: createdAt, schema, database_sha256: databaseHash, artifacts, secrets_key: hasKey } = document;
  const isWhole =
    typeof createdAt === 'string' &&
    typeof schema === 'number' &&
    typeof databaseHash === 'string' &&
    typeof hasKey === 'boolean' &&
    Array.isArray(artifacts) &&
    artifacts.every((hash): hash is ArtifactHash => typeof hash === 'string' && isArtifactHash(hash));
  if (!isWhole) throw noBackup();
  return { createdAt, schema, databaseHash, artifacts, hasSecretsKey: hasKey };
}

export function artifactEntry(hash: ArtifactHash, path: string): string {
  return `artifacts/${hash}/${path}`;
}

/** Which artifact an entry belongs to, and as which file; undefined for anything else. */
export function parseArtifactEntry(name: string): { readonly hash: ArtifactHash; readonly path: string } | undefined {
  const [folder, hash, ...path] = name.split('/');
  if (folder !== 'artifacts' || hash === undefined || !isArtifactHash(hash)) return undefined;
  return { hash, path: path.join('/') };
}

export function noBackup(cause?: unknown): BackupError {
  return new BackupError('This is no backup that `sraas db backup` has made, or it is damaged: restore another one.', {
    cause,
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw noBackup();
}

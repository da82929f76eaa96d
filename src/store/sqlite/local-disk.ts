import { statfs } from 'node:fs/promises';
import { SraasError } from '../../errors.ts';

/** Whether several machines can have a file system mounted at once; some of those that may be either are `unsure`. */
export type FileSystemKind = 'local' | 'network' | 'unsure';

/** Numbers of statfs(2) and of Linux's include/uapi/linux/magic.h. */
const networked: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x5346414f: 'AFS',
  0x6b414653: 'AFS',
  0x73757245: 'Coda',
  0x564c: 'NCP',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x01161970: 'GFS2',
  0x7461636f: 'OCFS2',
  0x19830326: 'BeeGFS',
  0x47504653: 'GPFS',
};

const perhapsNetworked: Readonly<Record<number, string>> = {
  0x65735546: 'FUSE',
  0x01021997: '9P',
  0x786f4256: 'vboxsf',
  0xbacbacbc: 'vmhgfs',
};

/** What kind of file system has a type number of statfs(2); those that are not known are taken for local ones. */
export function fileSystemKind(type: number): { readonly kind: FileSystemKind; readonly name: string } {
  // CIFS has the highest bit set, which some machines take for a sign.
  const number = type >>> 0;
  const networkName = networked[number];
  if (networkName !== undefined) return { kind: 'network', name: networkName };
  const name = perhapsNetworked[number];
  return name === undefined ? { kind: 'local', name: `0x${number.toString(16)}` } : { kind: 'unsure', name };
}

interface LocalDiskOptions {
  /** The number of a folder's file system; the kernel's own when left out. */
  readonly typeOf?: (directory: string) => Promise<number>;
  readonly onWarning: (message: string) => void;
}

/**
 * Requires a file system that one machine has for itself. SQLite's log is shared through memory, and its locks, ours on the
 * data directory among them, are often not kept over a network. Source: sqlite.org/wal.html, sqlite.org/lockingv3.html.
 *
 * @throws SraasError `STORE_UNAVAILABLE`
 */
export async function requireLocalDisk(
  directory: string,
  { typeOf = typeOfFileSystem, onWarning }: LocalDiskOptions,
): Promise<void> {
  const type = await typeOf(directory).catch(() => undefined);
  if (type === undefined) return;
  const { kind, name } = fileSystemKind(type);
  const where = `The data directory ${directory} is on a ${name} file system`;
  switch (kind) {
    case 'local':
      return;
    case 'unsure':
      onWarning(
        `${where}: if that is a network's, an embedded database is not safe there. Use a folder of a local disk, or PostgreSQL.`,
      );
      return;
    case 'network':
      throw new SraasError(
        'STORE_UNAVAILABLE',
        `${where}, where an embedded database is not safe: name a folder of a local disk with --data-dir, or a PostgreSQL ` +
          'with --database-url.',
      );
    default:
      kind satisfies never;
  }
}

async function typeOfFileSystem(directory: string): Promise<number> {
  return (await statfs(directory)).type;
}

import { choice, count, text } from '../setting.ts';

/** How packages are installed for functions with `dependencies: "install"`, and how long they are kept. */
export const installSettings = [
  choice(
    'installNetwork',
    'default',
    ['default', 'egress', 'none'],
    "Network of an install: default, the engine's own; egress, public addresses only, with --allow-egress; or none",
  ),
  text('npmRegistry', '', "Address of the registry that npm installs from; empty for npm's own"),
  text('pipIndex', '', "Address of the index that pip installs from; empty for pip's own"),
  text('installCertificates', '', 'File with the certificates (PEM) that installs trust; empty for the usual ones'),
  count('installTimeoutMs', 300_000, [1000, 86_400_000], 'Time limit of an install'),
  count('installMemoryMb', 1024, [128, 1_048_576], 'Most memory of an install, with the files of the packages'),
  { ...count('installCpus', 1, [0.01, 1024], 'Most cores of an install'), type: 'number' },
  count('installPids', 256, [32, 32_768], 'Most processes and threads of an install'),
  count('maxInstalls', 1, [1, 100], 'Most installs at a time'),
  count('installQueueLength', 10, [0, 1000], 'Most installs that wait for their turn'),
  count('packageCacheMb', 2048, [0, 100_000_000], 'Most that installed packages which are kept may take'),
  count('packageCacheMs', 2_592_000_000, [0, 31_536_000_000], 'Time that installed packages are kept without use'),
] as const;

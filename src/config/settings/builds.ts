import { choice, count, text, toggle } from '../setting.ts';

/** Whether images are built from Dockerfiles of users, and what a build may take. */
export const buildSettings = [
  toggle('builds', true, 'Whether images are built from Dockerfiles'),
  choice('buildNetwork', 'default', ['default', 'none'], "Network of a build's steps: default, or none"),
  toggle('pullBases', true, 'Whether base images that the engine lacks are fetched'),
  text('baseRegistries', '', "Registries that base images may come from besides the engine's default, comma separated"),
  count('maxBuilds', 1, [1, 100], 'Most builds at a time'),
  count('buildQueueLength', 10, [0, 1000], 'Most builds that wait for their turn'),
  count('buildTimeoutMs', 300_000, [1000, 86_400_000], 'Time limit of a build'),
  count('buildMemoryMb', 1024, [32, 1_048_576], 'Most memory of a step'),
  { ...count('buildCpus', 1, [0.01, 1024], 'Most cores of a step'), type: 'number' },
  count('buildPids', 512, [16, 32_768], 'Most processes and threads of a step'),
  count('buildDiskMb', 4096, [1, 10_000_000], 'Most that the steps of a build may write'),
  count('maxImageMb', 2048, [1, 10_000_000], 'Largest image that is kept, with its base'),
  count('maxContextBytes', 50_000_000, [1, 10_000_000_000], 'Largest build context'),
  count('maxContextEntries', 10_000, [1, 1_000_000], 'Most files and folders in a build context'),
  count('buildLogBytes', 1_000_000, [1000, 100_000_000], "Most bytes of a build's output that are kept"),
] as const;

import { count } from '../setting.ts';

/** The most that callers and functions may ask for. */
export const functionSettings = [
  count('maxEventBytes', 1_000_000, [1, 100_000_000], 'Largest body of an invoke'),
  count('maxDeployBytes', 50_000_000, [1, 2_000_000_000], 'Largest body of a deploy'),
  count('maxArtifactBytes', 250_000_000, [1, 10_000_000_000], 'Largest unpacked code'),
  count('maxArtifactEntries', 20_000, [1, 1_000_000], 'Most files and folders in an upload'),
  { ...count('maxCpus', 4, [0.01, 1024], 'Most cores a function may ask for'), type: 'number' },
  count('maxMemoryMb', 4096, [32, 1_048_576], 'Most memory a function may ask for'),
  count('maxPids', 512, [16, 32_768], 'Most processes and threads a function may ask for'),
  count('maxTimeoutMs', 900_000, [1, 86_400_000], 'Longest time limit a function may ask for'),
  count('maxTmpMb', 1024, [1, 1_048_576], 'Largest /tmp a function may ask for'),
  count('maxResultBytes', 6_000_000, [1, 500_000_000], 'Largest result a function may allow'),
  count('maxLogBytes', 10_000_000, [1, 500_000_000], 'Most log bytes a function may keep'),
  count('maxConcurrency', 100, [1, 10_000], 'Most sandboxes a function may ask for'),
] as const;

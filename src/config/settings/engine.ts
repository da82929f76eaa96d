import { choice, text } from '../setting.ts';

/** Which engine runs sandboxes, and how it confines them. */
export const engineSettings = [
  text('engineHost', 'unix:///var/run/docker.sock', 'Address of the container engine'),
  text('engineRuntime', '', "Low-level runtime of sandboxes, runsc for example; empty for the engine's own"),
  choice(
    'profile',
    'standard',
    ['standard', 'strict'],
    "standard, or strict for strangers' code: no reuse, and an engine runtime stronger than runc",
  ),
  text('cgroupParent', '', "Parent control group of all sandboxes; empty for the engine's own"),
] as const;

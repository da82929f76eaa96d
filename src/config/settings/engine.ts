import { choice, text } from '../setting.ts';

/** Which engine runs sandboxes, and how it confines them. */
export const engineSettings = [
  text('engineHost', 'unix:///var/run/docker.sock', 'Address of the container engine'),
  text('engineRuntime', '', "Low-level runtime of sandboxes, runsc for example; empty for the engine's own"),
  choice(
    'transport',
    'auto',
    ['auto', 'socket', 'stdio'],
    'How sandboxes talk to this server: auto, a mounted socket, or stdio where the engine runs on another kernel',
  ),
  choice(
    'profile',
    'standard',
    ['standard', 'strict'],
    "standard, or strict for strangers' code: no reuse, and an engine runtime stronger than runc",
  ),
  text('cgroupParent', '', "Parent control group of all sandboxes; empty for the engine's own"),
] as const;

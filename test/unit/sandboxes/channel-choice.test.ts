import { expect, it } from 'vitest';
import { chooseTransport } from '../../../src/sandboxes/channel-choice.ts';

const local = {
  wanted: 'auto',
  engineHost: 'unix:///var/run/docker.sock',
  engineRuntime: '',
  engine: { operatingSystem: 'Debian GNU/Linux 12', kernelVersion: '6.1.0', defaultRuntime: 'runc' },
  kernelVersion: '6.1.0',
} as const;

it.each<[title: string, circumstances: Parameters<typeof chooseTransport>[0], name: string]>([
  ['a local engine with runc', local, 'socket'],
  ['a runc by a longer name', { ...local, engineRuntime: 'io.containerd.runc.v2' }, 'socket'],
  ['crun', { ...local, engine: { ...local.engine, defaultRuntime: 'crun' } }, 'socket'],
  ['gVisor', { ...local, engineRuntime: 'runsc' }, 'stdio'],
  ['gVisor as the engine’s own', { ...local, engine: { ...local.engine, defaultRuntime: 'runsc' } }, 'stdio'],
  ['Kata Containers', { ...local, engineRuntime: 'kata-runtime' }, 'stdio'],
  ['Docker Desktop', { ...local, engine: { ...local.engine, operatingSystem: 'Docker Desktop' } }, 'stdio'],
  ['a virtual machine', { ...local, engine: { ...local.engine, kernelVersion: '6.6.12-linuxkit' } }, 'stdio'],
  ['an engine elsewhere', { ...local, engineHost: 'tcp://10.0.0.1:2376' }, 'stdio'],
  ['an operator who wants stdio', { ...local, wanted: 'stdio' }, 'stdio'],
  ['an operator who wants a socket', { ...local, engineRuntime: 'runsc', wanted: 'socket' }, 'socket'],
])('%s is talked to as it allows, with a reason', (_title, circumstances, name) => {
  const choice = chooseTransport(circumstances);
  expect(choice.name).toBe(name);
  expect(choice.reason).not.toBe('');
});

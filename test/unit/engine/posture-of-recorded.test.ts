import { describe, expect, it } from 'vitest';
import { createBody } from '../../../src/engine/docker/create-body.ts';
import { recordedContainer } from '../../../src/engine/docker/recorded.ts';
import { postureDifferences } from '../../../src/sandboxes/posture.ts';
import { asDocker, inspectAnswer, spec } from './specs.ts';

type Answer = ReturnType<typeof inspectAnswer>;

/** What is found wrong with an engine's answer after a change to it. */
function found(
  change: (host: Record<string, never>, config: Record<string, never>, answer: Answer) => void,
): readonly string[] {
  const answer = inspectAnswer(createBody(spec));
  change(answer.HostConfig as never, answer.Config as never, answer);
  return postureDifferences(spec, recordedContainer(asDocker(answer), spec));
}

const set = (target: object, name: string, value: unknown): void => {
  (target as Record<string, unknown>)[name] = value;
};
const push = (target: object, name: string, ...values: unknown[]): void => {
  (target as Record<string, unknown[]>)[name]?.push(...values);
};

describe('an engine’s record that is weaker than what was asked for', () => {
  it.each<[string, Parameters<typeof found>[0]]>([
    [
      'a /tmp that may execute',
      (host) => {
        set(host, 'Tmpfs', { '/tmp': 'rw,exec,suid,dev,size=67108864,nr_inodes=8192,mode=1777' });
      },
    ],
    [
      'a /tmp in another unit',
      (host) => {
        set(host, 'Tmpfs', { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864k,nr_inodes=8192,mode=1777' });
      },
    ],
    [
      'a /tmp whose size comes twice',
      (host) => {
        set(host, 'Tmpfs', { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864,nr_inodes=8192,mode=1777,size=0' });
      },
    ],
    [
      'a security label switched off',
      (host) => {
        push(host, 'SecurityOpt', 'label=disable');
      },
    ],
    [
      'a second seccomp profile',
      (host) => {
        push(host, 'SecurityOpt', 'seccomp=unconfined');
      },
    ],
    [
      'privileges given back',
      (host) => {
        push(host, 'SecurityOpt', 'no-new-privileges=false');
      },
    ],
    [
      'a health check',
      (_host, config) => {
        set(config, 'Healthcheck', { Test: ['CMD', '/bin/evil'] });
      },
    ],
    [
      'a mount that propagates',
      (host) => {
        set((host['Mounts'] as unknown as object[])[0] ?? {}, 'BindOptions', { Propagation: 'rshared' });
      },
    ],
    [
      'a mount that nobody asked for',
      (_host, _config, answer) => {
        push(answer, 'Mounts', { Type: 'bind', Source: '/', Destination: '/host', RW: true });
      },
    ],
    [
      'an environment variable that comes twice',
      (_host, config) => {
        set(config, 'Env', ['NODE_OPTIONS=--require=/x', ...(config['Env'] as unknown as string[])]);
      },
    ],
    [
      'a loader variable of the image',
      (_host, config) => {
        push(config, 'Env', 'LD_AUDIT=/evil.so');
      },
    ],
    [
      'an open stdin',
      (_host, config) => {
        set(config, 'OpenStdin', true);
      },
    ],
    [
      'swap without a limit',
      (host) => {
        set(host, 'MemorySwap', -1);
      },
    ],
  ])('%s is found', (_title, change) => {
    expect(found(change)).not.toEqual([]);
  });

  it.each<[string, Parameters<typeof found>[0]]>([
    [
      'IpcMode',
      (host) => {
        set(host, 'IpcMode', undefined);
      },
    ],
    [
      'CgroupnsMode',
      (host) => {
        set(host, 'CgroupnsMode', undefined);
      },
    ],
    [
      'Cmd',
      (_host, config) => {
        set(config, 'Cmd', null);
      },
    ],
    [
      'Labels',
      (_host, config) => {
        set(config, 'Labels', null);
      },
    ],
    [
      'Env',
      (_host, config) => {
        set(config, 'Env', null);
      },
    ],
    [
      'User',
      (_host, config) => {
        set(config, 'User', null);
      },
    ],
  ])('a record without %s is named, not stumbled over', (_field, change) => {
    expect(found(change)).toHaveLength(1);
  });

  it('arguments in another order are another command', () => {
    const answer = inspectAnswer(createBody({ ...spec, command: spec.command.toReversed() }));
    expect(postureDifferences(spec, recordedContainer(asDocker(answer), spec))).toEqual([
      expect.stringMatching(/^command: /),
    ]);
  });
});

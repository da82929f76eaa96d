import { describe, expect, test } from 'vitest';
import { seccompProfile } from '../../../src/sandboxes/seccomp-profile.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly {
    readonly index: number;
    readonly value: number;
    readonly valueTwo?: number;
    readonly op: string;
  }[];
}

interface Profile {
  readonly defaultAction: string;
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
}

const profile = JSON.parse(seccompProfile('x86_64')) as Profile;
const rulesFor = (name: string): readonly Rule[] => profile.syscalls.filter(({ names }) => names.includes(name));
const numbersFor = (name: string): readonly unknown[] =>
  rulesFor(name).map(({ action, args }) => [action, args?.map(({ index, value, op }) => [index, value, op])]);

describe('the system call filter', () => {
  test('denies what it does not name', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
  });

  test.each([
    ['x86_64', 'SCMP_ARCH_X86_64'],
    ['amd64', 'SCMP_ARCH_X86_64'],
    ['aarch64', 'SCMP_ARCH_AARCH64'],
    ['arm64', 'SCMP_ARCH_AARCH64'],
  ])('is for the native calls of %s only', (architecture, native) => {
    const { architectures, ...rest } = JSON.parse(seccompProfile(architecture)) as Profile & Record<string, unknown>;
    expect(architectures).toEqual([native]);
    expect(rest).not.toHaveProperty('archMap');
  });

  test('leaves out what only another processor has', () => {
    expect(seccompProfile('x86_64')).toContain('"arch_prctl"');
    expect(seccompProfile('aarch64')).not.toContain('"arch_prctl"');
  });

  test('does not exist for a processor that nobody has tried', () => {
    expect(() => seccompProfile('s390x')).toThrow(expect.objectContaining({ code: 'SANDBOX_START_FAILED' }) as Error);
  });

  test.each(
    [
      'ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp memfd_secret mlockall name_to_handle_at open_by_handle_at',
      'vmsplice tee modify_ldt bpf perf_event_open keyctl add_key request_key userfaultfd io_uring_setup io_uring_enter',
      'io_uring_register kexec_load init_module finit_module swapon reboot acct settimeofday clock_settime iopl ioperm',
      'quotactl syslog mount umount2 fsopen move_mount open_tree mount_setattr pivot_root chroot unshare setns mbind',
      'set_mempolicy move_pages fanotify_init lookup_dcookie sethostname socketcall process_madvise',
    ]
      .join(' ')
      .split(' '),
  )('does not name %s', (name) => {
    expect(rulesFor(name)).toEqual([]);
  });

  test('knows four families of sockets, and one of socket pairs', () => {
    expect(numbersFor('socket')).toEqual(
      [1, 2, 10, 16].map((family) => ['SCMP_ACT_ALLOW', [[0, family, 'SCMP_CMP_EQ']]]),
    );
    expect(numbersFor('socketpair')).toEqual([['SCMP_ACT_ALLOW', [[0, 1, 'SCMP_CMP_EQ']]]]);
  });

  test('lets nobody make namespaces', () => {
    expect(rulesFor('clone')).toEqual([
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 0x7e02_0000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
    ]);
    expect(rulesFor('clone3')).toEqual([{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
  });

  test('knows one personality', () => {
    expect(numbersFor('personality')).toEqual(
      [0, 0xffff_ffff].map((value) => ['SCMP_ACT_ALLOW', [[0, value, 'SCMP_CMP_EQ']]]),
    );
  });

  test('names nothing twice without a condition', () => {
    const names = profile.syscalls.filter(({ args }) => args === undefined).flatMap((rule) => rule.names);
    expect(names).toEqual([...new Set(names)]);
  });
});

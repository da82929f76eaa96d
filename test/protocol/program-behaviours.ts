import type { ProgramHead } from '../../runtime/protocol.ts';

/** One thing that a shim of any language shows of a program that it runs. */
export interface ProgramBehaviour {
  readonly title: string;
  readonly command: readonly string[];
  readonly env?: ProgramHead['env'];
  readonly directory?: string;
  readonly stdin?: string | Buffer;
  /** 0 unless said otherwise. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

const sh = (script: string, ...rest: readonly string[]): readonly string[] => ['sh', '-c', script, 'sh', ...rest];

const megabyte = 1_048_576;
const manyBytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

/** What every shim shows of the programs that it runs. They are for any POSIX shell. */
export const programBehaviours: readonly ProgramBehaviour[] = [
  {
    title: 'tells the streams of a program apart',
    command: sh('echo out; echo err >&2'),
    stdout: 'out\n',
    stderr: 'err\n',
  },
  { title: 'tells an exit code', command: sh('exit 37'), exitCode: 37 },
  { title: 'tells the signal that ended a program', command: sh('kill -SEGV $$'), signal: 'SIGSEGV' },
  {
    title: 'lets a program signal all of its own group',
    command: sh('trap "echo told; exit 5" TERM; kill 0; exit 6'),
    exitCode: 5,
    stdout: 'told\n',
  },
  {
    title: 'hands over the arguments one by one, as they are',
    command: sh('for each in "$@"; do printf "<%s>" "$each"; done', 'a b', '', '\'"', '*', '$HOME', 'é'),
    stdout: `<a b><><'"><*><$HOME><é>`,
  },
  { title: 'hands over the standard input to its end', command: ['cat'], stdin: 'one\ntwo', stdout: 'one\ntwo' },
  { title: 'gives an empty input where there is none', command: ['cat'] },
  {
    title: 'changes no byte on the way in and out',
    command: sh('cat | cksum'),
    stdin: manyBytes,
    stdout: /^1313719201 256\n$/,
  },
  {
    title: 'hands over megabytes both ways',
    command: sh('cat; cat >&2 </dev/null'),
    stdin: 'x'.repeat(3 * megabyte),
    stdout: 'x'.repeat(3 * megabyte),
  },
  {
    title: 'lets a program leave its input unread',
    command: sh('exec <&-; echo done'),
    stdin: 'x'.repeat(megabyte),
    stdout: 'done\n',
  },
  { title: 'lets a program open its input by name', command: sh('cat /dev/stdin'), stdin: 'named', stdout: 'named' },
  {
    title: 'lets a program open its output by name',
    command: sh('echo out >/dev/stdout; echo err >/dev/stderr'),
    stdout: 'out\n',
    stderr: 'err\n',
  },
  {
    title: 'adds variables to the environment of a program',
    command: sh('printf "%s|%s" "$GREETING" "${PATH:+path}"'),
    env: { GREETING: 'good day' },
    stdout: 'good day|path',
  },
  { title: 'runs a program in the folder that it is given', command: ['pwd'], directory: '/usr', stdout: '/usr\n' },
  {
    title: 'leaves a program no way to the host but its streams',
    command: sh('for each in 3 4 5 6 7 8 9; do { echo forged >&$each; } 2>/dev/null; done; true'),
    stdout: '',
  },
  {
    title: 'says that there is no such program',
    command: ['no-such-program', 'x'],
    exitCode: 127,
    stderr: 'no-such-program: command not found\n',
  },
  {
    title: 'says that a file is no program',
    command: ['/etc/passwd'],
    exitCode: 126,
    stderr: '/etc/passwd: permission denied\n',
  },
  {
    title: 'says that an argument is too long',
    command: ['echo', 'x'.repeat(200_000)],
    exitCode: 126,
    stderr: 'echo: argument list too long\n',
  },
  {
    title: 'tells what a program wrote just before its end',
    command: sh('yes | head -c 300000; exit 1'),
    exitCode: 1,
    stdout: 'y\n'.repeat(150_000),
  },
  {
    title: 'waits for no process that a program left behind',
    command: sh('sleep 60 & echo started'),
    stdout: 'started\n',
  },
  {
    title: 'ends the output of what a program left behind with it',
    command: sh('(while :; do echo more; done) & sleep 0.1; exit 3'),
    exitCode: 3,
    stdout: /^(more\n)+/,
  },
  {
    title: 'takes a printed frame of a program for output',
    command: ['cat'],
    stdin: '\0\0\0\x05\x86\0\0\0\0',
    stdout: '\0\0\0\x05\x86\0\0\0\0',
  },
];

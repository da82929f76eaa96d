import { describe, expect, it, onTestFinished } from 'vitest';
import { functronApp } from '../../../src/compat/functron/app.ts';
import { SraasError } from '../../../src/errors.ts';
import { defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import type { ImageRecipe } from '../../../src/runtimes/custom/build-source.ts';
import type { ImageKey } from '../../../src/runtimes/custom/made-image.ts';
import type { ProgramResult } from '../../../src/programs/program.ts';
import { paxHeader, tarEntry, tarFile } from '../../support/archives/raw-tar.ts';
import { temporaryStore } from '../../support/archives/temporary-store.ts';
import type { ExecDocument } from '../../support/exec-document.ts';
import { ended, endless, PretendedPrograms } from './pretended-programs.ts';
import { appParts, serveApi } from './served-api.ts';

const sevenMembers = [
  ...['BuildContextStderr', 'BuildContextStdout', 'CleanupErr', 'CleanupOut'],
  ...['CmdErr', 'CmdOut', 'Errors'],
];

interface Stand {
  readonly programs: PretendedPrograms;
  /** Dockerfiles that were ordered, and images that are held now. */
  readonly ordered: ImageRecipe[];
  readonly held: Set<string>;
  failWith: SraasError | undefined;
  isFull: boolean;
  readonly exec: (
    body: unknown,
  ) => Promise<{ readonly status: number; readonly headers: Headers; readonly document: ExecDocument }>;
  readonly url: string;
}

/** functron's API over programs and images that are pretended, and a real store for the files. */
async function stand(): Promise<Stand> {
  const { store, ...temporary } = await temporaryStore();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  const programs = new PretendedPrograms();
  const held = new Set<string>();
  const ordered: ImageRecipe[] = [];
  const image = { key: 'key/command' as ImageKey };
  const images = {
    order: (recipe: ImageRecipe) => {
      ordered.push(recipe);
      const { failWith } = made;
      if (failWith?.code === 'BUILD_REFUSED') return Promise.reject(failWith);
      return Promise.resolve({
        log: () => 'Step 1/1\n',
        image: () => (failWith === undefined ? Promise.resolve(image) : Promise.reject(failWith)),
      });
    },
    hold: (key: ImageKey) => {
      held.add(key);
      return () => held.delete(key);
    },
  };
  const url = await serveApi(
    functronApp({
      ...appParts,
      programs,
      images,
      artifacts: store,
      artifactLimits: defaultArtifactLimits,
      maxDeployBytes: 100_000,
      requireRoom: () => (made.isFull ? Promise.reject(full) : Promise.resolve()),
    }),
  );
  const made: Stand = {
    programs,
    ordered,
    held,
    failWith: undefined,
    isFull: false,
    url,
    exec: async (body) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const reply = await fetch(`${url}/v1/exec`, { method: 'POST', body: text });
      return { status: reply.status, headers: reply.headers, document: (await reply.json()) as ExecDocument };
    },
  };
  return made;
}

const request = { FnName: 'p', DockerFile: 'FROM scratch\nCMD ["/a"]\n', TarFile: '', Stdin: '', Timeout: 5 };
const full = new SraasError('INSUFFICIENT_STORAGE', 'The disk is full.');
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');
const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

describe('/v1/ping', () => {
  it.each(['GET', 'POST', 'PUT'])('answers %s with 200 and nothing else', async (method) => {
    const { url } = await stand();
    const reply = await fetch(`${url}/v1/ping`, { method });
    expect([reply.status, reply.headers.get('content-length'), await reply.text()]).toEqual([200, '0', '']);
  });
});

describe('/v1/exec', () => {
  it('answers with all seven members, texts in base64, empty where there is nothing', async () => {
    const { programs, exec } = await stand();
    programs.behaviour = () => ended({ stdout: Buffer.from([0xff, 0]), stderr: 'warning' });
    const { status, headers, document } = await exec(request);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(document).toEqual({
      Errors: [],
      BuildContextStderr: '',
      BuildContextStdout: base64('Step 1/1\n'),
      CleanupErr: '',
      CleanupOut: '',
      CmdErr: base64('warning'),
      CmdOut: base64(new Uint8Array([0xff, 0])),
      TempName: expect.stringMatching(/^functron-p-[a-z]{5}:1\.0$/) as string,
    });
  });

  it('runs the image’s own program with the limits of a sandbox and no network', async () => {
    const { programs, exec, ordered, held } = await stand();
    programs.behaviour = () => {
      expect([...held]).toEqual(['key/command']);
      return ended();
    };
    await exec(request);
    expect(ordered).toMatchObject([{ dockerfile: request.DockerFile, contextHash: undefined }]);
    expect(programs.only).toMatchObject({
      runtime: 'dockerfile:key/command',
      command: [],
      arguments: [],
      network: 'none',
    });
    expect(programs.only.limits).toMatchObject({ cpus: 0.5, memoryMb: 256, pids: 64, timeoutMs: 5000, tmpMb: 64 });
    expect(held.size).toBe(0);
  });

  it.each([
    [0.25, 250],
    [0, 1],
    [-3, 1],
    [1e9, 900_000],
  ])('takes a Timeout of %s seconds as a limit of %s ms', async (seconds, timeoutMs) => {
    const { programs, exec } = await stand();
    await exec({ ...request, Timeout: seconds });
    expect(programs.only.limits.timeoutMs).toBe(timeoutMs);
  });

  it.each(['no Timeout', 'a Timeout of null'])('gives a request with %s the usual limit', async (what) => {
    const { programs, exec } = await stand();
    await exec({ ...request, Timeout: what === 'no Timeout' ? undefined : null });
    expect(programs.only.limits.timeoutMs).toBe(10_000);
  });

  it('answers POST / as well, where functron’s first clients call it', async () => {
    const { programs, url } = await stand();
    programs.behaviour = () => ended({ stdout: 'old' });
    const { Timeout: _unknownThen, ...old } = request;
    const reply = await fetch(url, { method: 'POST', body: JSON.stringify(old) });
    expect([reply.status, decoded(((await reply.json()) as ExecDocument).CmdOut)]).toEqual([200, 'old']);
    expect((await fetch(url)).status).toBe(404);
  });

  it.each([
    ['base64 of bytes', base64(new Uint8Array([0, 255, 10])), Buffer.from([0, 255, 10])],
    ['text that is no base64', 'Hello!', Buffer.from('Hello!')],
    ['nothing', '', Buffer.alloc(0)],
  ])('takes %s as Stdin', async (_what, given, bytes) => {
    const { programs, exec } = await stand();
    await exec({ ...request, Stdin: given });
    expect(Buffer.from(programs.only.stdin)).toEqual(bytes);
  });

  it.each([
    ['a program that ends well', {}, []],
    ['another exit code', { exitCode: 3 }, ['Process did not exit right']],
    ['a signal', { exitCode: undefined, signal: 'SIGSEGV' }, ['Process did not exit right']],
    ['its time limit', { ended: 'timeout', exitCode: undefined }, ['Process exceeded timeout']],
    [
      'want of memory',
      { ended: 'out_of_memory', exitCode: undefined },
      ['Process did not exit right', 'Process exceeded its memory'],
    ],
  ] as const)('tells %s as functron does, and keeps what was written', async (_how, end, errors) => {
    const { programs, exec } = await stand();
    programs.behaviour = () => ended({ stdout: 'so far', ...end });
    const { status, document } = await exec(request);
    expect(status).toBe(200);
    expect(document.Errors).toEqual(errors);
    expect(decoded(document.CmdOut)).toBe('so far');
    expect(document.CmdErr).toBe('');
  });

  it('says which output was cut', async () => {
    const { programs, exec } = await stand();
    programs.behaviour = () => ({ ...ended(), stdout: { bytes: Buffer.from('abc'), isCut: true } });
    const { document } = await exec(request);
    expect(document.Errors).toEqual(['CmdOut was cut: it has the output up to the limit']);
  });

  it('ends the program when its client goes away', async () => {
    const { programs, url } = await stand();
    const gone = new AbortController();
    const itsEnd = new Promise<ProgramResult>((resolve) => {
      programs.behaviour = async (seen) => {
        gone.abort();
        const result = await endless(seen);
        resolve(result);
        return result;
      };
    });
    const call = fetch(`${url}/v1/exec`, { method: 'POST', body: JSON.stringify(request), signal: gone.signal });
    const [, result] = await Promise.all([expect(call).rejects.toThrow('aborted'), itsEnd]);
    expect(result).toMatchObject({ ended: 'cancelled', cancelledBecause: { code: 'INVOCATION_CANCELLED' } });
  });

  it.each(['BUILD_REFUSED', 'RUNTIME_BUILD_FAILED', 'RUNTIME_NOT_READY'] as const)(
    'answers a build that came to %s with 400, BuildFailure and why',
    async (code) => {
      const made = await stand();
      const violations = [{ pointer: '/dockerfile', message: 'line 1: no' }];
      made.failWith = new SraasError(code, 'It went wrong.', { violations });
      const { status, document } = await made.exec(request);
      expect(status).toBe(400);
      expect(document).toMatchObject({
        Errors: ['BuildFailure'],
        CmdOut: '',
        CmdErr: '',
        DetailedError: 'It went wrong.',
      });
      expect(decoded(document.BuildContextStderr)).toBe('It went wrong.\nline 1: no\n');
      expect(Object.keys(document)).toEqual(expect.arrayContaining(sevenMembers));
      expect(made.programs.seen).toEqual([]);
    },
  );

  it.each([
    ['nothing at all', '', 400],
    ['something that is no JSON', '{bad', 400],
    ['JSON that is no object', '[1]', 400],
    ['a Timeout that is text', { ...request, Timeout: '5' }, 400],
    ['a DockerFile that is a number', { ...request, DockerFile: 5 }, 400],
    ['a TarFile that is no base64', { ...request, TarFile: '*' }, 400],
    ['a TarFile that is no tar', { ...request, TarFile: base64('x'.repeat(600)) }, 400],
    ['a body that is too large', { ...request, Stdin: 'a'.repeat(200_000) }, 413],
  ])('answers %s with an error and all seven members', async (_what, body, expected) => {
    const { programs, exec } = await stand();
    const { status, document } = await exec(body);
    expect(status).toBe(expected);
    expect(document.Errors).toHaveLength(1);
    expect(document.Errors[0]).toMatch(/\w{3}/);
    for (const name of sevenMembers) if (name !== 'Errors') expect(document).toHaveProperty(name, '');
    expect(programs.seen).toEqual([]);
  });

  it('takes names of members in any case, passes others over, and takes null for nothing', async () => {
    const { programs, exec, ordered } = await stand();
    const body = { dockerfile: 'FROM scratch\n', STDIN: base64('a'), timeout: 1.5, Cmd: ['x'], TarFile: null };
    expect((await exec(body)).status).toBe(200);
    expect(ordered[0]?.dockerfile).toBe('FROM scratch\n');
    expect([Buffer.from(programs.only.stdin).toString(), programs.only.limits.timeoutMs]).toEqual(['a', 1500]);
  });

  it('passes on what the server itself cannot do, before anything is read', async () => {
    const made = await stand();
    made.isFull = true;
    const { status, document } = await made.exec(request);
    expect([status, document.Errors]).toEqual([507, ['The disk is full.']]);
    for (const name of sevenMembers) expect(document).toHaveProperty(name);
    expect(made.ordered).toEqual([]);
  });

  it('answers GET without a body as functron does', async () => {
    const { url } = await stand();
    const reply = await fetch(`${url}/v1/exec`);
    expect([reply.status, Object.keys((await reply.json()) as object)]).toEqual([400, sevenMembers]);
  });

  it('answers another path with text', async () => {
    const { url } = await stand();
    const reply = await fetch(`${url}/v2`);
    expect([reply.status, await reply.text()]).toEqual([404, '404 page not found\n']);
  });
});

describe('the tar', () => {
  /** As Python's tarfile writes it for functron's client: each entry behind a pax header, and a folder called `/` first. */
  const asItsClientWrites = tarFile(
    paxHeader({ mtime: '1700000000.5' }),
    tarEntry({ name: '/', type: '5', mode: 0o755 }),
    paxHeader({ mtime: '1700000000.5' }),
    tarEntry({ name: 'main.py', content: 'print(1)' }),
    paxHeader({ mtime: '1700000000.5' }),
    tarEntry({ name: 'deep/er/run.sh', content: 'echo', mode: 0o755 }),
  );

  it('is taken as functron’s client writes it, and its modes are kept', async () => {
    const { programs, exec } = await stand();
    const { status } = await exec({ ...request, TarFile: base64(asItsClientWrites) });
    expect(status).toBe(200);
    expect(programs.only.files).toEqual([
      { path: 'Dockerfile', executable: false, text: request.DockerFile },
      { path: 'deep/er/run.sh', executable: true, text: 'echo' },
      { path: 'main.py', executable: false, text: 'print(1)' },
    ]);
  });

  it('is the context of the build when the Dockerfile copies from it, and may bring the Dockerfile itself', async () => {
    const { exec, ordered } = await stand();
    const dockerfile = 'FROM scratch\nCOPY a /a\n';
    const tar = tarFile({ name: 'Dockerfile', content: dockerfile }, { name: 'a', content: 'x' });
    await exec({ ...request, TarFile: base64(tar) });
    expect(ordered).toMatchObject([{ dockerfile, contextHash: expect.stringMatching(/^[\da-f]{64}$/) as string }]);
  });

  it.each([
    ['a name that leads out', { name: '../x', content: 'x' }],
    ['an absolute name', { name: '/etc/x', content: 'x' }],
    ['a symbolic link', { name: 'x', type: '2', linkName: '/etc/passwd' }],
    ['a hard link', { name: 'x', type: '1', linkName: '/etc/passwd' }],
    ['a device', { name: 'x', type: '3' }],
  ])('is refused with %s, and nothing runs', async (_what, entry) => {
    const { programs, exec } = await stand();
    const { status, document } = await exec({ ...request, TarFile: base64(tarFile(entry)) });
    expect(status).toBe(400);
    expect(document.Errors).toHaveLength(1);
    expect(programs.seen).toEqual([]);
  });
});

describe('TempName', () => {
  it.each([
    ['Upper Case', 'upper-case-'],
    ['', ''],
    ['../', ''],
    ['x'.repeat(300), `${'x'.repeat(64)}-`],
    ['日本', ''],
  ])('is made of the name %j', async (name, part) => {
    const { exec } = await stand();
    const { document } = await exec({ ...request, FnName: name });
    expect(document.TempName).toMatch(new RegExp(`^functron-${part}[a-z]{5}:1\\.0$`));
  });

  it('differs between two runs at once, which do not share anything', async () => {
    const { programs, exec } = await stand();
    programs.behaviour = ({ stdin }) => ended({ stdout: stdin });
    const replies = await Promise.all(['one', 'two'].map((text) => exec({ ...request, Stdin: base64(text) })));
    expect(replies.map(({ document }) => decoded(document.CmdOut))).toEqual(['one', 'two']);
    expect(replies[0]?.document.TempName).not.toBe(replies[1]?.document.TempName);
    expect(programs.seen[0]?.id).not.toBe(programs.seen[1]?.id);
  });
});

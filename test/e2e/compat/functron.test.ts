import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paxHeader, tarEntry, tarFile } from '../../support/archives/raw-tar.ts';
import { containersOn, docker, until } from '../../support/containers.ts';
import { removeAllImages } from '../../support/custom-runtimes.ts';
import type { ExecDocument } from '../../support/exec-document.ts';
import { localBase } from '../../support/local-base.ts';
import { startCompat, type CompatTestServer } from './compat-server.ts';

let server: CompatTestServer;
let base: string;
beforeAll(async () => {
  base = await localBase('python3.11');
  server = await startCompat('functron');
});
afterAll(async () => {
  await removeAllImages(server);
  await server.stop();
});

/** A request as functron's client makes it: Python in a tar, behind pax headers and a folder called `/`. */
function request(source: string, more: object = {}): object {
  const tar = tarFile(
    paxHeader({ mtime: '1700000000.5' }),
    tarEntry({ name: '/', type: '5', mode: 0o755 }),
    paxHeader({ mtime: '1700000000.5' }),
    tarEntry({ name: 'main.py', content: source }),
  );
  const dockerfile = `FROM ${base}\nCMD ["python3", "/data/main.py"]\n`;
  return { FnName: 'p', DockerFile: dockerfile, TarFile: tar.toString('base64'), Stdin: '', Timeout: 10, ...more };
}

async function exec(body: object): Promise<{ readonly status: number; readonly document: ExecDocument }> {
  const reply = await fetch(`${server.api}/v1/exec`, { method: 'POST', body: JSON.stringify(body) });
  return { status: reply.status, document: (await reply.json()) as ExecDocument };
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

describe('functron’s API', () => {
  it('builds a Dockerfile and runs its CMD with the tar’s files at /data', async () => {
    const source =
      'import sys, os\nprint(sys.stdin.read(), end="")\nprint(sorted(os.listdir("/data")), file=sys.stderr)\n';
    const { status, document } = await exec(request(source, { Stdin: Buffer.from('in\n').toString('base64') }));
    expect([status, document.Errors, document.BuildContextStderr]).toEqual([200, [], '']);
    expect(decoded(document.CmdOut)).toBe('in\n');
    expect(decoded(document.CmdErr)).toBe("['Dockerfile', 'main.py']\n");
  });

  it('hands stdin over byte by byte, and ends it', async () => {
    const source = 'import sys\ndata = sys.stdin.buffer.read()\nsys.stdout.buffer.write(data[::-1])\n';
    const { document } = await exec(request(source, { Stdin: Buffer.from([0, 1, 255]).toString('base64') }));
    expect([...Buffer.from(document.CmdOut, 'base64')]).toEqual([255, 1, 0]);
  });

  it('answers as soon as the program has ended, and has more than a pipe of its output', async () => {
    const startedAt = performance.now();
    const { document } = await exec(request('print("x" * 1_000_000)', { Timeout: 60 }));
    expect(decoded(document.CmdOut)).toHaveLength(1_000_001);
    expect(performance.now() - startedAt).toBeLessThan(50_000);
  });

  it('kills a program at its Timeout, keeps what it wrote, and says so', async () => {
    const source = 'import time\nprint("so far", flush=True)\ntime.sleep(60)\n';
    const { status, document } = await exec(request(source, { Timeout: 1 }));
    expect([status, document.Errors]).toEqual([200, ['Process exceeded timeout']]);
    expect([decoded(document.CmdOut), document.CmdErr]).toEqual(['so far\n', '']);
    await until(async () => (await containersOn(server.dataDirectory)).length === 0, 10_000, 'the container is gone');
  });

  it('tells of another exit code', async () => {
    const { document } = await exec(request('raise SystemExit(3)'));
    expect(document.Errors).toEqual(['Process did not exit right']);
  });

  it('answers a Dockerfile that fails with 400 and why', async () => {
    const { status, document } = await exec(request('', { DockerFile: `FROM ${base}\nRUN exit 7\nCMD ["true"]\n` }));
    expect([status, document.Errors]).toEqual([400, ['BuildFailure']]);
    expect(decoded(document.BuildContextStderr)).toContain('7');
  });

  it.each([
    ['CMD in exec form', 'CMD ["sh", "-c", "echo $0 $1", "a", "b"]', 'a b\n'],
    ['CMD in shell form', 'CMD echo shell', 'shell\n'],
    ['ENTRYPOINT with CMD', 'ENTRYPOINT ["echo"]\nCMD ["from", "cmd"]', 'from cmd\n'],
    ['a file that is copied', 'COPY main.py /copied\nCMD ["cat", "/copied"]', '# source'],
    ['a command of the build', 'RUN echo built > /made\nCMD ["cat", "/made"]', 'built\n'],
  ])('runs %s', async (_what, lines, output) => {
    const { status, document } = await exec(request('# source', { DockerFile: `FROM ${base}\n${lines}\n` }));
    expect([status, document.Errors]).toEqual([200, []]);
    expect(decoded(document.CmdOut)).toBe(output);
  });

  it('keeps the modes of files', async () => {
    const tar = tarFile(
      { name: 'run.sh', content: '#!/bin/sh\necho ran\n', mode: 0o755 },
      { name: 'no.sh', content: '' },
    );
    const dockerfile = `FROM ${base}\nCMD ["sh", "-c", "/data/run.sh; test -x /data/no.sh || echo not executable"]\n`;
    const { document } = await exec(request('', { DockerFile: dockerfile, TarFile: tar.toString('base64') }));
    expect(decoded(document.CmdOut)).toBe('ran\nnot executable\n');
  });

  it('leaves no container and no image of its name', async () => {
    await exec(request('print(1)'));
    await until(async () => (await containersOn(server.dataDirectory)).length === 0, 10_000, 'the container is gone');
    const images = await docker.listImages();
    expect(images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith('functron-'))).toEqual([]);
  });
});

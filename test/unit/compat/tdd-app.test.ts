import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import { tddApp } from '../../../src/compat/tdd-app/app.ts';
import { SraasError } from '../../../src/errors.ts';
import { readPage } from '../../../src/platform/pages.ts';
import { projectDirectory, readDocument } from '../../support/documents.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { languages } from './pretended-languages.ts';
import { ended, PretendedPrograms } from './pretended-programs.ts';
import { appParts, serveApi } from './served-api.ts';

interface Stand {
  readonly programs: PretendedPrograms;
  readonly url: string;
  readonly submit: (fields: Record<string, string>, headers?: Record<string, string>) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function answer(reply: Response): Promise<Answer> {
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

async function stand(folder = ''): Promise<Stand> {
  const programs = new PretendedPrograms();
  const page = readPage(projectDirectory, 'tdd-app');
  const url = await serveApi(
    tddApp({ ...appParts, programs, languages, folder, artifactLimits: defaultArtifactLimits, page }),
  );
  return {
    programs,
    url,
    submit: async (fields, headers = {}) =>
      answer(await fetch(`${url}/send_code`, { method: 'POST', headers, body: new URLSearchParams(fields) })),
  };
}

describe('the page', () => {
  it('has an editor in a form that works without scripts, and loads nothing from elsewhere', async () => {
    const { url } = await stand();
    const { status, headers, text } = await answer(await fetch(url));
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<title>TDD app prototype</title>');
    expect(text).toContain('<form action="/send_code" method="post">');
    expect(text).toMatch(/<textarea[^>]*name="source_code"/);
    expect(text).toMatch(/<button[^>]*type="submit"/);
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded).toEqual(['page.css', 'editor.js', 'submit.js']);
    for (const path of loaded) expect((await fetch(`${url}/${path}`)).status).toBe(200);
  });

  it('may neither run nor call anything but its own, and stands in nobody’s frame', async () => {
    const { url } = await stand();
    const { headers } = await answer(await fetch(url));
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(rule);
    }
  });

  it('numbers lines and colours Python, reading no text as HTML', () => {
    const script = readDocument('pages/editor.js');
    expect(script).toContain("element('pre', 'numbers')");
    for (const kind of ['comment', 'text', 'number', 'keyword']) expect(script).toContain(`(?<${kind}>`);
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|\beval\b/);
  });

  it('shows whether tests passed, by the exit code', () => {
    const script = readDocument('pages/tdd-app/submit.js');
    for (const name of ['x-sraas-outcome', 'x-sraas-exit-code']) expect(script).toContain(name);
  });
});

describe('POST /send_code', () => {
  it('answers a form with the output as text, without the blanks around it', async () => {
    const { programs, submit } = await stand();
    programs.behaviour = () => ended({ stdout: '\n  hello\nworld \n\n' });
    const { status, headers, text } = await submit({ source_code: 'print(1)', submit: 'Submit' });
    expect([status, text]).toEqual([200, 'From docker: hello\nworld']);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect([headers.get('x-sraas-outcome'), headers.get('x-sraas-exit-code')]).toEqual(['exited', '0']);
  });

  it('takes a multipart form as well', async () => {
    const { programs, url } = await stand();
    const body = new FormData();
    body.append('source_code', 'print("ü")');
    const { status } = await answer(await fetch(`${url}/send_code`, { method: 'POST', body }));
    expect(status).toBe(200);
    expect(programs.only.files).toMatchObject([{ path: 'main.py', text: 'print("ü")' }]);
  });

  it('runs Python with both streams as one, in the limits of a sandbox, without a network', async () => {
    const { programs, submit } = await stand();
    await submit({ source_code: 'print(1)' });
    expect(programs.only).toMatchObject({
      runtime: 'python3.13',
      command: ['sh', '-c', 'exec "$@" 2>&1', 'sh', 'python3', '-u', 'main.py'],
      arguments: [],
      network: 'none',
      limits: { cpus: 0.5, memoryMb: 256, pids: 64, timeoutMs: 10_000, tmpMb: 64 },
    });
  });

  it('answers a program that fails with 200 and what it wrote', async () => {
    const { programs, submit } = await stand();
    programs.behaviour = () => ended({ stdout: 'Traceback …\nValueError: no', exitCode: 1 });
    const { status, headers, text } = await submit({ source_code: 'raise ValueError("no")' });
    expect([status, text]).toEqual([200, 'From docker: Traceback …\nValueError: no']);
    expect(headers.get('x-sraas-exit-code')).toBe('1');
  });

  it.each([
    ['took too long', { ended: 'timeout' }, '[It was ended after 0.0 seconds, its time limit.]'],
    [
      'needed too much memory',
      { ended: 'out_of_memory' },
      '[It was ended, as it needed more memory than it may have.]',
    ],
    [
      'was cancelled',
      { ended: 'cancelled', cancelledBecause: new SraasError('INVOCATION_CANCELLED', 'Somebody did.') },
      '[Somebody did.]',
    ],
  ] as const)('says of a program that %s why it ended', async (_what, end, note) => {
    const { programs, submit } = await stand();
    programs.behaviour = () => ended({ stdout: 'so far\n', exitCode: undefined, durationMs: 1, ...end });
    expect((await submit({ source_code: 'x' })).text).toBe(`From docker: so far\n${note}`);
  });

  it('lets what a program prints be no page', async () => {
    const { programs, submit } = await stand();
    programs.behaviour = () => ended({ stdout: '<script>alert(1)</script>' });
    const { headers, text } = await submit({ source_code: 'x' });
    expect(text).toBe('From docker: <script>alert(1)</script>');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('takes quotes, line ends, any script and 100 KB of code as they are', async () => {
    const { programs, submit } = await stand();
    const source = `print("it's 日本 😀 \\n")\n${'# filler\n'.repeat(12_000)}`;
    await submit({ source_code: source.replaceAll('\n', '\r\n') });
    expect(source.length).toBeGreaterThan(100_000);
    expect(programs.only.files[0]?.text).toBe(source);
  });

  it('runs tests instead where there are any, with the code as a module', async () => {
    const { programs, submit } = await stand();
    await submit({ source_code: 'def f(): return 1', test_code: 'import unittest' });
    expect(programs.only.command.slice(4)).toEqual(['python3', '-m', 'unittest', '-v', 'test_submission']);
    expect(programs.only.files).toMatchObject([
      { path: 'main.py', text: 'def f(): return 1' },
      { path: 'test_submission.py', text: 'import unittest' },
    ]);
  });

  it('puts the files of the operator’s folder beside the code, which wins, and follows no link', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sraas-beside-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'data.txt'), 'data');
    await writeFile(join(folder, 'main.py'), 'not this');
    await symlink('/etc/passwd', join(folder, 'link'));
    const { programs, submit } = await stand(folder);
    await submit({ source_code: 'this' });
    expect(programs.only.files).toEqual([
      { path: 'main.py', executable: false, text: 'this' },
      { path: 'deep/data.txt', executable: false, text: 'data' },
    ]);
  });

  it('gives each of two at once their own output', async () => {
    const { programs, submit } = await stand();
    programs.behaviour = ({ files }) => ended({ stdout: files[0]?.text ?? '' });
    const answers = await Promise.all(['one', 'two'].map((source) => submit({ source_code: source })));
    expect(answers.map(({ text }) => text)).toEqual(['From docker: one', 'From docker: two']);
  });

  it('refuses a form without the field, and what is no form', async () => {
    const { programs, submit, url } = await stand();
    expect(await submit({ other: 'x' })).toMatchObject({
      status: 400,
      text: 'The field source_code is missing: send the code in it.',
    });
    const headers = { 'content-type': 'application/json' };
    expect(await answer(await fetch(`${url}/send_code`, { method: 'POST', headers, body: '{}' }))).toMatchObject({
      status: 415,
    });
    const broken = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(
      await answer(await fetch(`${url}/send_code`, { method: 'POST', headers: broken, body: '--x\r\nnothing' })),
    ).toMatchObject({ status: 400 });
    expect(programs.seen).toEqual([]);
  });

  it('takes forms of its own page, and of no other', async () => {
    const { programs, url, submit } = await stand();
    expect((await submit({ source_code: 'x' }, { origin: url })).status).toBe(200);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null']) {
      expect((await submit({ source_code: 'x' }, { origin })).status, origin).toBe(403);
    }
    const rebound = ['POST /send_code HTTP/1.1', 'Host: evil.example', 'Origin: http://evil.example'];
    const [reply] = await sendRaw(url, [...rebound, 'Content-Length: 0']);
    expect(reply?.status).toBe(421);
    expect(programs.seen).toHaveLength(1);
  });
});

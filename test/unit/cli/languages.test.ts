import { describe, expect, it } from 'vitest';
import type { LanguageDocument } from '../../../src/wire/language.ts';
import { jsonResponse } from './replies.ts';
import { runAgainst } from './run-command.ts';

const bash: LanguageDocument = {
  name: 'bash',
  aliases: [],
  runtime: 'node24',
  runtime_state: 'ready',
  image: null,
  file: 'main.bash',
  compile: null,
  command: ['bash', 'main.bash'],
  writable: false,
  example: "echo 'Hello world!'\n",
  highlighting: 'bash',
  inline: null,
};
const c: LanguageDocument = {
  ...bash,
  name: 'c',
  aliases: ['C', 'ansi-c'],
  runtime: 'gcc-14',
  runtime_state: 'missing',
  image: 'gcc:14',
  file: 'main.c',
  compile: ['gcc', 'main.c'],
  command: ['./a.out'],
  writable: true,
  example: '',
  inline: { template: '$${CODE}', imports: null },
};

const run = (...commandLine: readonly string[]) =>
  runAgainst([jsonResponse(200, { languages: [bash, c] })], ['languages', ...commandLine]);

describe('sraas languages', () => {
  it('lists them', async () => {
    const ran = await run();
    expect(ran.stdout).toBe(
      'NAME  ALSO      RUNTIME  STATE    INLINE\n' +
        'bash            node24   ready\n' +
        'c     C ansi-c  gcc-14   missing  yes\n',
    );
    expect(ran.requests).toMatchObject([{ method: 'GET', path: '/languages' }]);
    expect(JSON.parse((await run('--json')).stdout)).toStrictEqual([bash, c]);
  });

  it('shows one by any of its names, with its example', async () => {
    expect((await run('bash')).stdout).toBe(
      'name         bash\n' +
        'runtime      node24 (ready)\n' +
        'file         main.bash\n' +
        'command      bash main.bash\n' +
        'folder       read-only\n' +
        "\necho 'Hello world!'\n",
    );
    expect((await run('ansi-c')).stdout).toBe(
      'name         c\n' +
        'also         C, ansi-c\n' +
        'runtime      gcc-14 (missing)\n' +
        'image        gcc:14\n' +
        'file         main.c\n' +
        'compile      gcc main.c\n' +
        'command      ./a.out\n' +
        'folder       a copy that it may write to\n' +
        'inline       expressions are wrapped\n',
    );
    expect(JSON.parse((await run('c', '--json')).stdout)).toStrictEqual(c);
  });

  it('names those there are when there is none of the name', async () => {
    expect(await run('go')).toMatchObject({
      exitCode: 2,
      stderr: 'error: There is no language go: choose one of bash, c.\n',
    });
  });
});

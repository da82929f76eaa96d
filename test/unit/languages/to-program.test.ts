import { execFile } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { copiedCommand } from '../../../src/languages/copied-command.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { Language } from '../../../src/languages/language.ts';
import { toProgram } from '../../../src/languages/to-program.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';

const table = new LanguageTable(builtInLanguages);

function found(name: string): Language {
  const language = table.find(name);
  if (language === undefined) throw new Error(`There is no language ${name}`);
  return language;
}

describe('a piece of code in a language', () => {
  it('becomes one file and a command, with the arguments behind it', async () => {
    const program = toProgram(found('py'), 'print("ü")', { arguments: ['a b', '"c"'] });
    expect(program).toMatchObject({ runtime: 'python3.13', command: ['python3', '-u', 'main.py'] });
    expect(program.arguments).toStrictEqual(['a b', '"c"']);
    const [file, ...others] = program.files;
    expect(file).toMatchObject({ path: 'main.py', executable: false });
    expect(others).toStrictEqual([]);
    expect((await buffer(Readable.from(file?.content ?? []))).toString()).toBe('print("ü")');
  });

  it('is handed to the image’s own program by the name of its file', () => {
    const { command, arguments: given } = toProgram({ ...found('sh'), command: [] }, 'x', { arguments: ['a'] });
    expect([command, given]).toStrictEqual([[], ['main.sh', 'a']]);
  });

  it('may run what it writes where it works in a copy of its folder, and nowhere else', () => {
    const copied = toProgram({ ...found('sh'), isCopied: true }, 'x', { arguments: ['a'] });
    expect(copied).toMatchObject({ executableTmp: true, arguments: ['a'] });
    expect(copied.command.slice(-2)).toStrictEqual(['sh', 'main.sh']);
    for (const language of builtInLanguages) expect(toProgram(language, 'x')).not.toHaveProperty('executableTmp');
  });

  it('may be an expression where its language has a template', async () => {
    const [file] = toProgram(found('js'), 'import fs from "fs";\nawait 1', { isInline: true }).files;
    const text = (await buffer(Readable.from(file?.content ?? []))).toString();
    expect(text).toBe('import fs from "fs";\n(async () => {\n\nawait 1\n})();\n');
    expect(() => toProgram(found('sh'), 'x', { isInline: true })).toThrow(
      'The language sh has no template for inline expressions',
    );
  });
});

describe('a command in a writable copy', () => {
  /** Runs it with a folder of this machine in the place of the sandbox's. */
  async function run(command: readonly string[], files: Readonly<Record<string, string>>) {
    const folder = await temporaryFolder(Object.fromEntries(Object.entries(files).map(([k, v]) => [`code/${k}`, v])));
    const [program = '', ...rest] = command.map((word) =>
      word.replaceAll('/function', `${folder}/code`).replaceAll('/tmp/program', `${folder}/copy`),
    );
    return await promisify(execFile)(program, rest, { cwd: folder }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  }

  it('finds its files there, and its words as they are', async () => {
    const ran = await run([...copiedCommand(['sh', 'a b/main.sh', "it's", '$HOME;x']), 'c  d'], {
      'a b/main.sh': 'echo x > new && cat new && printf "<%s>" "$@"',
    });
    expect(ran).toMatchObject({ code: 0, stdout: "x\n<it's><$HOME;x><c  d>", stderr: '' });
  });

  it('is compiled first, and what the compiler says is on stderr', async () => {
    const compile = ['sh', '-c', 'echo "compiling $1"; cat; cp "$1" out', "it's", "a'b"];
    const ran = await run(copiedCommand(['sh', 'out'], compile), { "a'b": 'echo ran' });
    expect(ran).toMatchObject({ code: 0, stdout: 'ran\n', stderr: "compiling a'b\n" });
  });

  it('does not run when it cannot be compiled, and ends as the compiler did', async () => {
    const ran = await run(copiedCommand(['echo', 'ran'], ['sh', '-c', 'echo no; exit 7']), { f: '' });
    expect(ran).toMatchObject({ code: 7, stdout: '', stderr: 'no\n' });
  });
});

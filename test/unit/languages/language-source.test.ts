import { describe, expect, it } from 'vitest';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { readLanguages } from '../../../src/languages/format/read-languages.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { WantedProgram } from '../../../src/programs/program-document.ts';
import { sourceOf } from '../../../src/programs/program-source.ts';

const languages = new LanguageTable(builtInLanguages);
languages.replace(
  readLanguages('c: { image: "gcc:14", cmd: \'sh -c "cc f && ./a.out"\', filename: f }', 'yaml', 'it').languages,
  [],
);
const wanted: WantedProgram = {
  runtime: 'c',
  code: 'int main;',
  isInline: false,
  files: undefined,
  paths: undefined,
  command: undefined,
  arguments: ['a'],
} as unknown as WantedProgram;
const runtimes = { find: () => undefined, list: () => [] };

describe('what is run of a language', () => {
  it('may run what it writes where the operator’s language works in a copy, with code and with files', () => {
    expect(sourceOf(wanted, { languages, runtimes })).toMatchObject({ executableTmp: true, arguments: ['a'] });
    const files = { ...wanted, code: undefined, files: [], paths: ['f'] };
    expect(sourceOf(files, { languages, runtimes })).toMatchObject({
      runtime: 'gcc-14',
      executableTmp: true,
      files: [],
    });
  });

  it('may not where the language is a built-in one, or the caller says what to run on the runtime', () => {
    const python = sourceOf({ ...wanted, runtime: 'py' }, { languages, runtimes });
    expect(python).not.toHaveProperty('executableTmp');
    const command = { ...wanted, code: undefined, files: [], command: ['sh'] };
    expect(sourceOf(command, { languages, runtimes })).not.toHaveProperty('executableTmp');
  });
});

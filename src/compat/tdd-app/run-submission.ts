import { Readable } from 'node:stream';
import type { ArtifactLimits, UploadedFile } from '../../artifacts/upload.ts';
import { SraasError } from '../../errors.ts';
import type { Language, Languages, ProgramOfLanguage } from '../../languages/language.ts';
import { toProgram } from '../../languages/to-program.ts';
import type { ProgramRequest, ProgramResult } from '../../programs/program.ts';
import { programLimits, type ProgramTerms } from '../program-terms.ts';
import { filesBeside } from './files-beside.ts';
import type { Submission } from './submission.ts';

export interface TddAppParts extends ProgramTerms {
  readonly languages: Languages;
  /** Folder whose files stand beside the code; empty for none. */
  readonly folder: string;
  readonly artifactLimits: ArtifactLimits;
}

const languageName = 'python3';
const testModule = 'test_submission';

/**
 * Runs a submission once: the code itself, or the tests of it. stdout and stderr come as one, in the order of writing.
 * @throws SraasError RUNTIME_NOT_FOUND without the language, and what programs throw.
 */
export async function runSubmission(
  submission: Submission,
  run: Pick<ProgramRequest, 'id' | 'signal'>,
  { programs, languages, policy, network, folder, artifactLimits }: TddAppParts,
): Promise<ProgramResult> {
  const language = languages.find(languageName);
  if (language === undefined) {
    throw new SraasError('RUNTIME_NOT_FOUND', `This server has no language ${languageName}.`);
  }
  const program = withTests(language, toProgram(language, submission.source), submission.tests);
  return programs.run({
    ...program,
    ...run,
    // The shell is gone by the time that the program runs, which has one stream then instead of two.
    command: ['sh', '-c', 'exec "$@" 2>&1', 'sh', ...program.command],
    files: filesBeside(program.files, folder, artifactLimits),
    stdin: new Uint8Array(),
    // Else what is printed would come at the end, behind the errors that it led to.
    environment: { PYTHONUNBUFFERED: '1' },
    limits: programLimits(policy),
    network,
  });
}

function withTests(language: Language, program: ProgramOfLanguage, tests: string): ProgramOfLanguage {
  if (tests.trim() === '') return program;
  const [interpreter = 'python3'] = language.command;
  const file: UploadedFile = {
    path: `${testModule}.py`,
    executable: false,
    content: Readable.from([Buffer.from(tests)]),
  };
  return {
    ...program,
    files: [...program.files, file],
    command: [interpreter, '-m', 'unittest', '-v', testModule],
  };
}

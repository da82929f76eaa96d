import type { UploadedFile } from '../artifacts/upload.ts';
import { isObject, memberOf } from '../documents/json-object.ts';
import { pointerTo } from '../documents/json-pointer.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import { unknownMembers } from '../documents/unknown-members.ts';
import { SraasError, type Violation } from '../errors.ts';
import { parseFunctionConfig } from '../functions/function-config.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { FunctionConfig } from '../functions/function.ts';
import type { ProgramDocument } from '../wire/program.ts';
import { stdinOf, stdinViolations } from './program-stdin.ts';

/** What a client wants to have run, checked as far as that goes without knowing languages and runtimes. */
export interface WantedProgram {
  readonly runtime: string;
  readonly code: string | undefined;
  readonly isInline: boolean;
  /** Undefined when there are none. */
  readonly files: Iterable<UploadedFile> | AsyncIterable<UploadedFile> | undefined;
  /** The paths of the files, where they are known before they are read. */
  readonly paths: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly arguments: readonly string[];
  readonly stdin: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: FunctionConfig['limits'];
  readonly network: FunctionConfig['network'];
  readonly output: 'text' | 'base64';
}

const members = [
  ...['runtime', 'code', 'inline', 'files', 'command', 'args', 'stdin', 'stdin_base64', 'env', 'limits', 'network'],
  'output',
] as const satisfies readonly (keyof ProgramDocument)[];

const tellingMembers = ['code', 'command', 'args', 'stdin', 'stdin_base64'] as const;

/** More than any command line that a kernel takes; and each text is bounded by the body's limit. */
const maxTexts = 10_000;

/**
 * Whether a body of `POST /run` is about a program rather than a handler.
 * @param hasFiles whether any came with it, in the document or beside it.
 */
export function isProgramDocument(document: unknown, hasFiles: boolean): boolean {
  if (!isObject(document) || Object.hasOwn(document, 'envelope') || Object.hasOwn(document, 'handler')) return false;
  return hasFiles || tellingMembers.some((member) => Object.hasOwn(document, member));
}

/**
 * Checks a program as a client sent it, and fills in what it leaves out. All that is wrong is reported at once.
 * @param files those that came with it, in the document or beside it.
 * @throws SraasError INVALID_CONFIG with violations, NETWORK_NOT_ALLOWED
 */
export function parseProgramDocument(
  document: unknown,
  policy: FunctionPolicy,
  files: WantedProgram['files'],
): WantedProgram {
  if (!isObject(document))
    throw invalid([{ pointer: '', message: 'must be an object like {"runtime":"python","code":"…"}' }]);
  const violations = [
    ...unknownMembers(document, members),
    ...textViolations(document, 'runtime', { isRequired: true }),
    ...textViolations(document, 'code'),
    ...listViolations(document, 'command', 1),
    ...listViolations(document, 'args', 0),
    ...stdinViolations(document),
    ...choiceViolations(document, 'output', ['text', 'base64']),
    ...choiceViolations(document, 'inline', [true, false]),
    ...sourceViolations(document, files !== undefined),
  ];
  const config = configOf(document, policy, violations);
  if (config === undefined || violations.length > 0) throw invalid(violations);
  const {
    runtime,
    code,
    inline = false,
    files: inDocument,
    command,
    args = [],
    output = 'text',
  } = document as unknown as ProgramDocument;
  return {
    runtime,
    code,
    isInline: inline,
    files,
    paths: inDocument && Object.keys(inDocument),
    command,
    arguments: args,
    stdin: stdinOf(document),
    environment: config.env,
    limits: config.limits,
    network: config.network,
    output,
  };
}

/** What programs and functions have in common is checked as theirs; what is wrong with it is added to the violations. */
function configOf(
  document: Readonly<Record<string, unknown>>,
  policy: FunctionPolicy,
  violations: Violation[],
): FunctionConfig | undefined {
  const given = Object.entries(document).filter(([name]) => ['env', 'limits', 'network'].includes(name));
  try {
    return parseFunctionConfig({ ...Object.fromEntries(given), runtime: 'any' }, policy, () => 'absent');
  } catch (error) {
    if (!(error instanceof SraasError)) throw error;
    if (error.code === 'NETWORK_NOT_ALLOWED' && violations.length === 0) throw error;
    violations.push(...error.violations);
    return undefined;
  }
}

function sourceViolations(document: Readonly<Record<string, unknown>>, hasFiles: boolean): readonly Violation[] {
  const hasCode = memberOf(document, 'code') !== undefined;
  if (hasCode && hasFiles) return [{ pointer: '/code', message: 'must be left out where there are files' }];
  if (!hasCode && memberOf(document, 'inline') === true) {
    return [{ pointer: '/inline', message: 'must be left out where there is no code' }];
  }
  return [];
}

function textViolations(
  document: Readonly<Record<string, unknown>>,
  member: string,
  { isRequired = false }: { readonly isRequired?: boolean } = {},
): readonly Violation[] {
  const value = memberOf(document, member);
  const pointer = pointerTo(member);
  if (value === undefined) return isRequired ? [{ pointer, message: 'is required' }] : [];
  if (typeof value !== 'string') return [{ pointer, message: 'must be a string' }];
  if (isRequired && (value === '' || value.length > 128)) {
    return [{ pointer, message: 'must be a string of 1 to 128 characters' }];
  }
  return /\p{Cs}/u.test(value) ? [{ pointer, message: 'must not have half a surrogate pair' }] : [];
}

/** Texts that a program can be started with: the kernel ends each at its first NUL. */
function listViolations(
  document: Readonly<Record<string, unknown>>,
  member: string,
  least: number,
): readonly Violation[] {
  const value = memberOf(document, member);
  const pointer = pointerTo(member);
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length < least || value.length > maxTexts) {
    return [{ pointer, message: `must be a list of ${least === 0 ? 'at most' : `${least} to`} ${maxTexts} strings` }];
  }
  const violations = value.flatMap((entry: unknown, index) => {
    const message = entryFault(entry);
    return message === undefined ? [] : [{ pointer: `${pointer}/${index}`, message }];
  });
  if (least > 0 && value[0] === '') violations.push({ pointer: `${pointer}/0`, message: 'must not be empty' });
  return violations;
}

function entryFault(entry: unknown): string | undefined {
  if (typeof entry !== 'string') return 'must be a string';
  if (entry.includes('\0')) return 'must not contain a NUL character';
  return /\p{Cs}/u.test(entry) ? 'must not have half a surrogate pair' : undefined;
}

function choiceViolations(
  document: Readonly<Record<string, unknown>>,
  member: string,
  choices: readonly unknown[],
): readonly Violation[] {
  const value = memberOf(document, member);
  if (value === undefined || choices.includes(value)) return [];
  return [
    { pointer: pointerTo(member), message: `must be ${choices.map((each) => JSON.stringify(each)).join(' or ')}` },
  ];
}

function invalid(violations: readonly Violation[]): SraasError {
  return refusedDocument('INVALID_CONFIG', 'the program', violations);
}

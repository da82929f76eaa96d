import { isObject } from '../../documents/json-object.ts';
import { refusedDocument } from '../../documents/refused-document.ts';
import { unknownMembers } from '../../documents/unknown-members.ts';
import type { SraasError, Violation } from '../../errors.ts';
import type { Contract, ImageUse } from './image-use.ts';

/** What a runtime is to be, as its owner says it. */
export interface RuntimeDefinition {
  readonly contract: Contract;
  /** How its image is to serve: `handler` when the interpreter is to be found by looking into the image. */
  readonly wanted: ImageUse | 'handler';
  readonly description: string;
  /** The Dockerfile's text; undefined when it is the file `Dockerfile` of the build context. */
  readonly dockerfile: string | undefined;
}

const contracts = ['handler', 'command'] as const;
const languages = ['node', 'python'] as const;
const known = ['contract', 'language', 'dockerfile', 'description', 'files'];
const maxDescriptionCharacters = 1000;

/**
 * Checks the document that defines a runtime. All that is wrong is reported at once, each with a JSON pointer.
 * @param hasContext whether files came with it, which a Dockerfile may be among.
 * @throws SraasError `INVALID_RUNTIME` with violations.
 */
export function parseRuntimeDefinition(document: unknown, hasContext: boolean): RuntimeDefinition {
  if (!isObject(document)) {
    throw invalid([
      { pointer: '', message: 'must be a JSON object like {"contract":"handler","dockerfile":"FROM …"}' },
    ]);
  }
  const { contract, language, dockerfile, description = '' } = document;
  const violations = [
    ...unknownMembers(document, known),
    ...contractViolations(contract),
    ...languageViolations(language, contract),
    ...dockerfileViolations(dockerfile, hasContext),
    ...descriptionViolations(description),
  ];
  if (violations.length > 0) throw invalid(violations);
  const checked = contract as Contract;
  const wanted = checked === 'command' ? 'command' : ((language as 'node' | 'python' | undefined) ?? 'handler');
  return {
    contract: checked,
    wanted,
    description: description as string,
    dockerfile: dockerfile as string | undefined,
  };
}

function contractViolations(contract: unknown): Violation[] {
  const pointer = '/contract';
  if (contract === undefined) return [{ pointer, message: 'is required: "handler" or "command"' }];
  if (contract === 'lambda') {
    return [{ pointer, message: 'cannot be "lambda" yet, which is planned: use "handler" or "command"' }];
  }
  return isOneOf(contracts, contract) ? [] : [{ pointer, message: 'must be "handler" or "command"' }];
}

function languageViolations(language: unknown, contract: unknown): Violation[] {
  const pointer = '/language';
  if (language === undefined) return [];
  if (!isOneOf(languages, language)) return [{ pointer, message: 'must be "node" or "python"' }];
  if (contract !== 'command') return [];
  return [{ pointer, message: 'must be left out: a program of the command contract may be in any language' }];
}

function dockerfileViolations(dockerfile: unknown, hasContext: boolean): Violation[] {
  const pointer = '/dockerfile';
  if (dockerfile === undefined) {
    if (hasContext) return [];
    return [
      { pointer, message: 'is required: the text of the Dockerfile, or a file named Dockerfile among the files' },
    ];
  }
  if (typeof dockerfile !== 'string') return [{ pointer, message: 'must be the text of the Dockerfile' }];
  return dockerfile.trim() === '' ? [{ pointer, message: 'must not be empty' }] : [];
}

function descriptionViolations(description: unknown): Violation[] {
  if (
    typeof description === 'string' &&
    description.length <= maxDescriptionCharacters &&
    !/\p{Cs}/u.test(description)
  ) {
    return [];
  }
  return [{ pointer: '/description', message: `must be a string of at most ${maxDescriptionCharacters} characters` }];
}

function isOneOf<const Choice extends string>(choices: readonly Choice[], value: unknown): value is Choice {
  return choices.some((choice) => choice === value);
}

function invalid(violations: readonly Violation[]): SraasError {
  return refusedDocument('INVALID_RUNTIME', "the runtime's definition", violations);
}

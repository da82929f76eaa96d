import type { BuildDocument, BuildLogDocument } from '../../wire/build.ts';
import type { LanguageDocument } from '../../wire/language.ts';
import type { PrunedImage, RuntimeDefinitionDocument, RuntimeDocument } from '../../wire/runtime.ts';
import {
  closed,
  closedAs,
  count,
  listOf,
  nullable,
  oneWordOf,
  positive,
  ref,
  text,
  time,
  told,
  truth,
  type Schema,
} from '../schema.ts';
import { withMembers } from './config.ts';

const states = ['ready', 'missing', 'building', 'failed'] as const;
const contract = oneWordOf(['handler', 'command']);

/** Runtimes, their builds, and languages. */
export function runtimeSchemas(): Readonly<Record<string, Schema>> {
  const definition = closedAs<RuntimeDefinitionDocument>(
    { contract },
    {
      language: told('Found by looking into the image when left out', oneWordOf(['node', 'python'])),
      dockerfile: told('The text; left out when the files have a Dockerfile at their top', text),
      description: { type: 'string', maxLength: 1000 },
    },
  );
  return {
    Runtime: runtime(),
    RuntimeDefinition: definition,
    RuntimeRequest: withMembers(definition, {}, { files: ref('Files') }),
    Build: closedAs<BuildDocument>(build, {}),
    BuildWithLog: closedAs<BuildLogDocument>({ ...build, log: text }, {}),
    PrunedImage: closedAs<PrunedImage>({ image: text, size_bytes: count }, {}),
    Language: language(),
  };
}

const build = {
  id: text,
  state: oneWordOf(['building', 'succeeded', 'failed', 'cancelled']),
  queued_at: time,
  ended_at: nullable(time),
  problem: told('Why it came to nothing', nullable(text)),
  problem_line: told('The line of the Dockerfile', nullable(positive)),
} satisfies Record<keyof BuildDocument, Schema>;

function runtime(): Schema {
  return closedAs<RuntimeDocument>(
    {
      name: text,
      kind: oneWordOf(['built_in', 'custom']),
      contract,
      language: nullable(text),
      description: text,
      state: oneWordOf(states),
    },
    {
      image: text,
      size_bytes: count,
      base: text,
      language_version: nullable(text),
      command: nullable(listOf(text)),
      recipe_sha256: text,
      built_at: time,
      created_at: time,
      updated_at: time,
      last_build: ref('Build'),
    },
  );
}

function language(): Schema {
  return closedAs<LanguageDocument>(
    {
      name: text,
      aliases: listOf(text),
      runtime: text,
      runtime_state: told('Unknown while the engine does not answer', oneWordOf([...states, 'unknown'])),
      image: nullable(text),
      file: text,
      compile: nullable(listOf(text)),
      command: told("Empty for the image's own program", listOf(text)),
      writable: truth,
      example: text,
      highlighting: text,
      inline: nullable(closed({ template: text, imports: nullable(text) })),
    },
    {},
  );
}

import { functionConfigSchema } from '../../functions/function-config-schema.ts';
import type { FunctionPolicy } from '../../functions/function-policy.ts';
import type { ProgramDocument, ProgramFacts, ProgramReply } from '../../wire/program.ts';
import {
  anything,
  closed,
  closedAs,
  count,
  invocationId,
  listOf,
  nullable,
  oneWordOf,
  ref,
  spanMs,
  text,
  told,
  truth,
  wholeNumber,
  type Schema,
} from '../schema.ts';
import { membersOf, withMembers } from './config.ts';

/** What `POST /run` takes and answers with. */
export function programSchemas(policy: FunctionPolicy): Readonly<Record<string, Schema>> {
  const config: Schema = { ...functionConfigSchema(policy) };
  const { env = anything, limits = anything, network = anything } = membersOf(config);
  const program: Parameters<typeof closedAs<ProgramDocument>>[1] = {
    code: told('The text of a program in the language', text),
    inline: told('Whether the code is an expression', { ...truth, default: false }),
    files: ref('Files'),
    command: told('What to start instead of what the language says', { ...listOf(text), minItems: 1 }),
    args: listOf(text),
    stdin: text,
    stdin_base64: { type: 'string', contentEncoding: 'base64' },
    env,
    limits,
    network,
    output: { ...oneWordOf(['text', 'base64']), default: 'text' },
  };
  const runtime = told('A language, or a built-in or custom runtime', text);
  const handler = withMembers(config, { envelope: ref('Envelope') }, {});
  const { files: _files, ...withoutFiles } = program;
  return {
    RunHandlerConfig: config,
    RunHandlerRequest: told('A handler to run once', withMembers(handler, { files: ref('Files') }, {})),
    ProgramConfig: told('A program without its files', closed({ runtime }, withoutFiles)),
    ProgramRequest: told('A program to run once', closedAs<ProgramDocument>({ runtime }, program)),
    ProgramEnded: closedAs<ProgramFacts>(facts, {}),
    ProgramReply: closedAs<ProgramReply>({ ...facts, stdout: text, stderr: text }, {}),
  };
}

const facts = {
  invocation: closed({ id: invocationId, outcome: oneWordOf(['ok', 'exited', 'timeout', 'out_of_memory']) }),
  stdout_truncated: truth,
  stderr_truncated: truth,
  exit_code: told('Null for a program that was killed, here or by a signal', nullable(wholeNumber)),
  signal: told('SIGSEGV, for example', nullable(text)),
  timed_out: truth,
  out_of_memory: truth,
  duration_ms: spanMs,
  max_memory_bytes: nullable(count),
  cpu_ms: nullable(spanMs),
} satisfies Record<keyof ProgramFacts, Schema>;

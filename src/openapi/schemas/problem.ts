import { errorTable, type Violation } from '../../errors.ts';
import type { ProblemDocument } from '../../wire/problem.ts';
import { closedAs, listOf, oneWordOf, text, told, type Schema } from '../schema.ts';

/** The document of every error. */
export function problemSchemas(): Readonly<Record<string, Schema>> {
  return {
    Problem: closedAs<ProblemDocument>(
      {
        type: { type: 'string', pattern: '^urn:sraas:error:[a-z-]+$' },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        code: told('Stable: match on it, and on nothing else', oneWordOf(Object.keys(errorTable))),
        detail: told('One sentence that says what to do', text),
        request_id: text,
      },
      { errors: listOf(violation) },
    ),
  };
}

const violation = closedAs<Violation>(
  { pointer: told('A JSON pointer (RFC 6901) into the document that was refused', text), message: text },
  {},
);

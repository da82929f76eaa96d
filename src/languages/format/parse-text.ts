import { parseDocument } from 'yaml';
import type { Violation } from '../../errors.ts';

export type TextFormat = 'json' | 'yaml';

/** A document that refers to its own parts over and over would fill the memory. */
const maxAliases = 100;

/** The value that a text means; what is wrong with the text is noted. */
export function parseText(text: string, format: TextFormat, violations: Violation[]): unknown {
  try {
    return format === 'json' ? (JSON.parse(text.replace(/^\uFEFF/, '')) as unknown) : parseYaml(text, violations);
  } catch (error) {
    // The YAML library says so of too many references.
    if (!(error instanceof SyntaxError || error instanceof ReferenceError)) throw error;
    violations.push({ pointer: '', message: `cannot be read: ${error.message}` });
    return undefined;
  }
}

function parseYaml(text: string, violations: Violation[]): unknown {
  const document = parseDocument(text, { merge: true, logLevel: 'silent', stringKeys: true });
  for (const { message } of document.errors) {
    // The first line says what and where, the rest shows the text.
    violations.push({ pointer: '', message: `cannot be read: ${message.split('\n')[0]?.replace(/:$/, '') ?? ''}` });
  }
  return violations.length > 0 ? undefined : (document.toJS({ maxAliasCount: maxAliases }) as unknown);
}

import { isBase64 } from '../documents/base64.ts';
import { isObject } from '../documents/json-object.ts';
import { SraasError, type Violation } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { EntryNames } from './entry-names.ts';
import type { ArtifactLimits } from './limits.ts';
import { filePointer, quoted, refusedUpload, tooLarge } from './refusal.ts';
import type { UploadedFile } from './uploaded-file.ts';

type Encoded = { readonly text: string } | { readonly base64: string };

/**
 * Files that came inside a JSON document: `{ "main.mjs": "source", "logo.png": { "base64": "…" } }`. None is executable.
 * Everything is checked before the first file is handed out. Throws `INVALID_ARTIFACT` with a violation for each refused member, or
 * `ARTIFACT_TOO_LARGE`.
 */
export function inlineFiles(files: unknown, limits: ArtifactLimits): Iterable<UploadedFile> {
  if (!isObject(files)) {
    throw refusedUpload('The member files must be an object of file names and their contents.');
  }
  const members = Object.entries(files);
  if (members.length === 0)
    throw refusedUpload('The upload holds no files: add at least the file that the handler names.');
  if (members.length > limits.entries) throw tooLarge('its tree', limits.entries, 'files and folders');

  const names = new EntryNames(limits);
  const budget = new ByteBudget(limits);
  const accepted: (readonly [path: string, content: Encoded])[] = [];
  const violations: Violation[] = [];
  for (const [path, value] of members) {
    violations.push(...nameViolations(names, path));
    const content = readContent(value);
    if (typeof content === 'string') {
      violations.push({ pointer: filePointer(path), message: content });
      continue;
    }
    budget.spend(sizeOf(content));
    accepted.push([path, content]);
  }
  const [first] = violations;
  if (first !== undefined) {
    throw new SraasError('INVALID_ARTIFACT', inlineSentence(first, violations.length), { violations });
  }
  return accepted.map(([path, content]) => ({ path, executable: false, content: contentOf(content) }));
}

function nameViolations(names: EntryNames, path: string): readonly Violation[] {
  try {
    names.addFile(path);
    return [];
  } catch (error) {
    if (error instanceof SraasError && error.code === 'INVALID_ARTIFACT') return error.violations;
    throw error;
  }
}

/** The content, or a sentence that says why there is none. */
function readContent(value: unknown): Encoded | string {
  if (typeof value === 'string') {
    return /\p{Cs}/u.test(value)
      ? 'The text has half a surrogate pair; send the file as { "base64": "…" }.'
      : { text: value };
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 1 && 'base64' in value) {
    const { base64 } = value;
    if (isBase64(base64)) return { base64 };
    return 'The member base64 must be standard base64 with padding.';
  }
  return 'A file must be a string of text or an object { "base64": "…" }.';
}

function sizeOf(content: Encoded): number {
  return 'text' in content ? Buffer.byteLength(content.text) : Buffer.byteLength(content.base64, 'base64');
}

async function* contentOf(content: Encoded): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve('text' in content ? Buffer.from(content.text) : Buffer.from(content.base64, 'base64'));
}

function inlineSentence(first: Violation, count: number): string {
  const sentence = `The inline file at ${quoted(first.pointer)} is not acceptable: ${first.message}`;
  return count === 1 ? sentence : `${sentence} There are ${count - 1} more.`;
}

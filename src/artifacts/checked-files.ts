import { ByteBudget } from './byte-budget.ts';
import { EntryNames } from './entry-names.ts';
import type { ArtifactLimits } from './limits.ts';
import { refusedUpload } from './refusal.ts';
import type { Entry, UploadedFile } from './uploaded-file.ts';

/**
 * The one gate between the readers of formats and everybody else: applies the rules for names and all caps while the entries arrive.
 * Throws `INVALID_ARTIFACT` or `ARTIFACT_TOO_LARGE`, also out of a file's content.
 */
export async function* checkedFiles(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  limits: ArtifactLimits,
  { mayBeNone = false }: { readonly mayBeNone?: boolean } = {},
): AsyncGenerator<UploadedFile, void, undefined> {
  const names = new EntryNames(limits);
  const budget = new ByteBudget(limits);
  let fileCount = 0;
  for await (const entry of entries) {
    switch (entry.kind) {
      case 'metadata':
        budget.spend(entry.sizeBytes);
        break;
      case 'directory':
        names.addDirectory(entry.path);
        break;
      case 'file':
        names.addFile(entry.path);
        fileCount += 1;
        yield { path: entry.path, executable: entry.executable, content: counted(entry.content, budget) };
        break;
      default:
        entry satisfies never;
    }
  }
  if (fileCount === 0 && !mayBeNone)
    throw refusedUpload('The upload holds no files: add at least the file that the handler names.');
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  budget: ByteBudget,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content) {
    budget.spend(chunk.byteLength);
    yield chunk;
  }
}

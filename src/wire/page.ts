import type { FunctionDocument, VersionDocument } from './function.ts';
import type { RecordDocument } from './record.ts';
import type { SecretDocument } from './secret.ts';

/**
 * What lists that come in pages hold, by the member of a page that holds it. Beside it stands `next_cursor`, which is given back
 * as `cursor` to get the next page, and is null on the last one.
 */
export interface PagedDocuments {
  readonly functions: FunctionDocument;
  readonly versions: VersionDocument;
  readonly invocations: RecordDocument;
  readonly dead_letters: RecordDocument;
  readonly secrets: SecretDocument;
}

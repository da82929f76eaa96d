import { Readable } from 'node:stream';
import { checkedFiles } from '../../artifacts/checked-files.ts';
import { tarEntries } from '../../artifacts/tar/tar-entries.ts';
import type { ArtifactLimits, UploadedFile } from '../../artifacts/upload.ts';
import type { Entry } from '../../artifacts/uploaded-file.ts';
import type { ExecRequest } from './exec-request.ts';

const dockerfileName = 'Dockerfile';

/**
 * The files of a request, which are both the build's context and what the program finds at `/data`. A Dockerfile in the tar
 * comes in the place of the member's text, as with functron.
 * @throws SraasError INVALID_ARTIFACT, ARTIFACT_TOO_LARGE, while they are read.
 */
export function execFiles(request: ExecRequest, limits: ArtifactLimits): AsyncIterable<UploadedFile> {
  return checkedFiles(entriesOf(request), limits);
}

async function* entriesOf({ tar, dockerfile }: ExecRequest): AsyncGenerator<Entry, void, undefined> {
  let hasDockerfile = false;
  if (tar.length > 0) {
    for await (const entry of tarEntries(Readable.from([tar]))) {
      hasDockerfile ||= entry.kind === 'file' && entry.path === dockerfileName;
      yield entry;
    }
  }
  if (hasDockerfile) return;
  yield { kind: 'file', path: dockerfileName, executable: false, content: Readable.from([Buffer.from(dockerfile)]) };
}

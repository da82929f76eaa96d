import { cannotInstall, hasFile, listText, type Upload } from './upload-files.ts';

const requirementsFile = 'requirements.txt';

/**
 * The files that an install with pip reads; undefined when it may read any of the upload.
 * @throws SraasError `INVALID_CONFIG` when there is no list.
 */
export async function pipInputs(upload: Upload): Promise<readonly string[] | undefined> {
  if (!hasFile(upload, requirementsFile)) {
    throw cannotInstall(`there is no ${requirementsFile} at the top of the upload`);
  }
  const lines = logicalLines(await listText(upload, requirementsFile));
  return lines.every(isFromIndex) ? [requirementsFile] : undefined;
}

/** Without comments and with continued lines joined. Source: pip's documentation, "Requirements File Format". */
function logicalLines(text: string): readonly string[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

const indexOptions =
  /^(-i|--index-url|--extra-index-url|--no-index|--pre|--prefer-binary|--require-hashes|--only-binary|--no-binary|--trusted-host)([\s=]|$)/;

/** A name with extras, versions, markers and hashes; a name that could be a file's is none. Source: PEP 508. */
const namedPackage = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]/]*\])?\s*([<>=!~(;][^/@]*)?(\s--hash[\s=][\w:]+)*$/;
const archiveName = /\.(whl|zip|tar|tgz|tbz2?|txz|tlz|tar\.\w+)\b/i;

/** Whether a line needs nothing of the upload. To say no too often costs a second install, and nothing else. */
function isFromIndex(line: string): boolean {
  return indexOptions.test(line) || (namedPackage.test(line) && !archiveName.test(line));
}

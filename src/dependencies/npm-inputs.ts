import { cannotInstall, hasFile, listText, type Upload } from './upload-files.ts';

const lockFiles = ['npm-shrinkwrap.json', 'package-lock.json'] as const;

/** What npm runs on its own for the package that it installs for. Source: npm's documentation, "scripts", `npm ci`. */
const ownScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/**
 * The files that an install with npm reads; undefined when it may read any of the upload.
 * @throws SraasError `INVALID_CONFIG` when they are not there, or are no JSON.
 */
export async function npmInputs(upload: Upload): Promise<readonly string[] | undefined> {
  if (!hasFile(upload, 'package.json')) throw cannotInstall('there is no package.json at the top of the upload');
  const [lockFile, second] = lockFiles.filter((name) => hasFile(upload, name));
  if (lockFile === undefined) {
    throw cannotInstall('there is no package-lock.json at the top of the upload: make one with `npm install`');
  }
  if (second !== undefined) throw cannotInstall(`there are both ${lockFile} and ${second}: keep one of them`);
  const description = await parsed(upload, 'package.json');
  const texts = [JSON.stringify(description), JSON.stringify(await parsed(upload, lockFile))];
  if (hasFile(upload, 'binding.gyp') || runsOwnScripts(description) || texts.some(namesFiles)) return undefined;
  return ['package.json', lockFile, ...['.npmrc'].filter((name) => hasFile(upload, name))];
}

async function parsed(upload: Upload, path: string): Promise<object> {
  let document: unknown;
  try {
    document = JSON.parse(await listText(upload, path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof document === 'object' && document !== null) return document;
  throw cannotInstall(`${path} is not a JSON object`);
}

function runsOwnScripts(description: object): boolean {
  const scripts: unknown = 'scripts' in description ? description.scripts : undefined;
  return typeof scripts === 'object' && scripts !== null && ownScripts.some((name) => Object.hasOwn(scripts, name));
}

/**
 * Whether a list says that packages come from the upload itself. To miss one would not be unsafe: npm sees what this names and
 * nothing else, and would not find the file.
 */
function namesFiles(json: string): boolean {
  return /"(file|link):|"link":true|"workspaces":/.test(json);
}

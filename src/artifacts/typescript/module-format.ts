import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';

const packageFileBytes = 1024 * 1024;

/** Tells, for the sources of one upload, which of them are to become CommonJS: `.cts`, and `.ts` in a package that says so itself. */
export class ModuleFormats {
  readonly #directory: string;
  readonly #paths: ReadonlySet<string>;
  readonly #byFolder = new Map<string, Promise<boolean>>();

  /** `directory` holds the files of `paths` that are not sources, `package.json` among them. */
  constructor(directory: string, paths: ReadonlySet<string>) {
    this.#directory = directory;
    this.#paths = paths;
  }

  async isCommonJs(source: string): Promise<boolean> {
    if (source.endsWith('.cts')) return true;
    return source.endsWith('.ts') && !source.endsWith('.mts') && (await this.#isCommonJsFolder(dirname(source)));
  }

  #isCommonJsFolder(folder: string): Promise<boolean> {
    const known = this.#byFolder.get(folder) ?? this.#readFolder(folder);
    this.#byFolder.set(folder, known);
    return known;
  }

  async #readFolder(folder: string): Promise<boolean> {
    const packageFile = join(folder, 'package.json');
    if (this.#paths.has(packageFile)) return isCommonJsPackage(join(this.#directory, packageFile));
    return folder === '.' ? false : this.#isCommonJsFolder(dirname(folder));
  }
}

/** A file that Node itself could not read decides nothing here: loading the function tells about it. */
async function isCommonJsPackage(path: string): Promise<boolean> {
  if ((await stat(path)).size > packageFileBytes) return false;
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof content === 'object' && content !== null && 'type' in content && content.type === 'commonjs';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder hold copies of these files, readable by anybody and writable by nobody, and no others. Each is put in place in
 * one step: whoever starts meanwhile finds a whole file.
 */
export function replaceFiles(source, target, files) {
  makeFolder(target);
  const present = readdirSync(target, { recursive: true, withFileTypes: true });
  for (const file of files) {
    const path = join(target, file);
    makeFolder(dirname(path));
    const fresh = `${path}.${process.pid}`;
    copyFileSync(join(source, file), fresh);
    chmodSync(fresh, 0o444);
    renameSync(fresh, path);
  }
  const wanted = new Set(files.map((file) => join(target, file)));
  for (const entry of present.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!wanted.has(path)) rmSync(path);
  }
}

/** Sandboxes run under user ids of their own, whatever the mask of whoever builds is. */
function makeFolder(path) {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

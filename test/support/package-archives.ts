import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';

/** Texts or bytes by their path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A tar of an upload, or of anything else. */
export async function tarOf(files: Files): Promise<Uint8Array<ArrayBuffer>> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  return new Uint8Array(await buffer(tar));
}

/** What `npm pack` makes. */
export async function npmArchive(
  description: { readonly name: string; readonly scripts?: Readonly<Record<string, string>> },
  files: Files,
): Promise<Uint8Array> {
  const packed = { 'package.json': JSON.stringify({ version: '1.0.0', ...description }), ...files };
  const inFolder = Object.entries(packed).map(([path, content]) => [`package/${path}`, content] as const);
  return gzipSync(await tarOf(Object.fromEntries(inFolder)));
}

/** `package.json` and `package-lock.json` of an application that has packages from archives beside them. */
export function npmLists(archives: Readonly<Record<string, string>>, scripted: readonly string[] = []): Files {
  const dependencies = Object.fromEntries(Object.entries(archives).map(([name, path]) => [name, `file:${path}`]));
  const application = { name: 'application', version: '1.0.0', dependencies };
  const locked = Object.entries(archives).map(([name, path]): [string, object] => [
    `node_modules/${name}`,
    { version: '1.0.0', resolved: `file:${path}`, ...(scripted.includes(name) ? { hasInstallScript: true } : {}) },
  ]);
  return {
    'package.json': JSON.stringify(application),
    'package-lock.json': JSON.stringify({
      name: 'application',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': application, ...Object.fromEntries(locked) },
    }),
  };
}

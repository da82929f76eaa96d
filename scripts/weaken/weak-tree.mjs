import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { project } from '../setup/project.mjs';

const specification = 'src/sandboxes/container-spec.ts';
const declaration = /^export function containerSpec\(/m;

/** A copy of this checkout in which the specification of containers can be changed, and nothing else is. */
export class WeakTree {
  #strong;

  constructor(directory, strong) {
    this.directory = directory;
    this.#strong = strong;
  }

  static async make() {
    const directory = await mkdtemp(join(tmpdir(), 'sraas-weaken-'));
    const leftOut = new Set(['node_modules', '.git'].map((name) => join(project, name)));
    await cp(project, directory, { recursive: true, filter: (path) => !leftOut.has(path) });
    await symlink(join(project, 'node_modules'), join(directory, 'node_modules'));
    const strong = await readFile(join(directory, specification), 'utf8');
    if (!declaration.test(strong)) throw new Error(`There is no function containerSpec in ${basename(specification)}`);
    return new WeakTree(directory, strong);
  }

  /** @param field A member, or a member of a member with a dot between them. */
  async weaken({ field, weak }) {
    const [member, inner] = field.split('.');
    const value = inner === undefined ? weak : `{ ...spec.${member}, ${inner}: ${weak} }`;
    const wrapper = `export function containerSpec(plan: SandboxPlan): ContainerSpec {
      const spec = strongSpec(plan) as any;
      return { ...spec, ${member}: ${value} } as ContainerSpec;
    }`;
    const renamed = this.#strong.replace(declaration, 'function strongSpec(');
    await writeFile(join(this.directory, specification), `${renamed}\n${wrapper}\n`);
  }

  async restore() {
    await writeFile(join(this.directory, specification), this.#strong);
  }

  /** The names of all that a specification says, those of the single ulimits among them. */
  async fields() {
    const outfile = join(this.directory, 'container-spec.bundle.mjs');
    const entryPoints = [join(this.directory, specification)];
    await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'silent' });
    const { containerSpec } = await import(pathToFileURL(outfile).href);
    const runtime = { language: 'node', interpreter: '/node' };
    const spec = containerSpec({ runtime, limits: { memoryMb: 256, tmpMb: 64, cpus: 1, pids: 64 }, uid: 20_000 });
    const { ulimits, ...rest } = spec;
    return [...Object.keys(rest), ...Object.keys(ulimits).map((name) => `ulimits.${name}`)];
  }

  async remove() {
    await rm(this.directory, { recursive: true, force: true });
  }
}

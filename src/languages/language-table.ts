import type { Language, Languages } from './language.ts';

/**
 * The languages of a server: those that are built in, and those of its operator, which win where a name is in both. They may be
 * exchanged while the server runs.
 */
export class LanguageTable implements Languages {
  readonly #builtIn: readonly Language[];
  #byName: ReadonlyMap<string, Language> = new Map();
  #listed: readonly Language[] = [];

  constructor(builtIn: readonly Language[]) {
    this.#builtIn = builtIn;
    this.replace([], []);
  }

  find(name: string): Language | undefined {
    return this.#byName.get(name);
  }

  list(): readonly Language[] {
    return this.#listed;
  }

  /**
   * Puts others in the place of those that the operator named before.
   * @param removed names of built-in languages that there are to be no more.
   */
  replace(own: readonly Language[], removed: readonly string[]): void {
    const taken = new Set([...removed, ...own.flatMap(({ name, aliases }) => [name, ...aliases])]);
    const kept = this.#builtIn
      .filter(({ name }) => !taken.has(name))
      .map((language) => ({ ...language, aliases: language.aliases.filter((alias) => !taken.has(alias)) }));
    this.#listed = [...kept, ...own].sort((one, other) => (one.name < other.name ? -1 : 1));
    this.#byName = new Map(
      this.#listed.flatMap((language) => [language.name, ...language.aliases].map((name) => [name, language] as const)),
    );
  }
}

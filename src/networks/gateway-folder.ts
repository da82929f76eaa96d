import { constants } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../errno.ts';
import { type GatewayReport, parseReport } from './gateway-report.ts';

const lookEveryMs = 10;
/** A question can be lost in the middle of a line about the kernel's tables. */
const askAgainAfterMs = 500;

/** The folder that a gateway and its server share, seen from the server: rules go in, questions go in, reports come out. */
export class GatewayFolder {
  readonly directory: string;
  #questions = 0;
  #rules: string | undefined;

  /** @param directory in a folder that is closed to other users. */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Programs read it as `/etc/resolv.conf`. */
  get resolverFile(): string {
    return join(this.directory, 'resolv.conf');
  }

  async make(nameServers: readonly string[], uplinks: readonly string[]): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    // The gateway is root without root's power over files.
    await chmod(this.directory, 0o777);
    await this.#write('resolv.conf', nameServers.map((address) => `nameserver ${address}\n`).join(''));
    await this.#write('uplinks', uplinks.join(' '));
  }

  /** Forgets the gateway before. */
  async clear(): Promise<void> {
    for (const name of ['questions', 'report']) await rm(join(this.directory, name), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Takes effect at the next question at the latest. */
  async setRules(rules: string): Promise<void> {
    if (rules === this.#rules) return;
    await this.#write('rules', rules);
    this.#rules = rules;
  }

  /**
   * Lets the gateway look at the filter now.
   * @returns undefined when no gateway answers within that time, at once when none listens.
   */
  async ask(withinMs: number): Promise<GatewayReport | undefined> {
    const question = ++this.#questions;
    const end = performance.now() + withinMs;
    let askAt = 0;
    while (performance.now() < end) {
      if (performance.now() >= askAt) {
        if (!(await this.#send(question))) return undefined;
        askAt = performance.now() + askAgainAfterMs;
      }
      const report = await this.#read();
      if (report !== undefined && report.answered >= question) return report;
      await delay(lookEveryMs);
    }
    return undefined;
  }

  /** Resolves once a gateway listens; false when none does within that time. */
  async listens(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      if (await this.#send(0)) return true;
      await delay(lookEveryMs);
    }
    return false;
  }

  async #send(question: number): Promise<boolean> {
    try {
      const fifo = await open(join(this.directory, 'questions'), constants.O_WRONLY | constants.O_NONBLOCK);
      // Begins a line, whatever half a line is before it.
      try {
        await fifo.write(`\ncheck ${question}\n`);
      } finally {
        await fifo.close();
      }
      return true;
    } catch (error) {
      // Not made yet, or nobody reads it, or it is full because nobody does. Source: fifo(7).
      if (isErrno(error, 'ENOENT', 'ENXIO', 'EAGAIN')) return false;
      throw error;
    }
  }

  async #read(): Promise<GatewayReport | undefined> {
    const text = await readFile(join(this.directory, 'report'), 'utf8').catch(() => '');
    return parseReport(text);
  }

  /** Whoever reads the file sees all of the old text or all of the new one. */
  async #write(name: string, text: string): Promise<void> {
    const path = join(this.directory, name);
    await writeFile(`${path}.new`, text, { mode: 0o644 });
    await rename(`${path}.new`, path);
  }
}

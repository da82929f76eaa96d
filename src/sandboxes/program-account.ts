import { ResourceAccount, type ResourceUse, unknownUse } from './resource-account.ts';

const lookEveryMs = 100;

/**
 * What a program uses, by the kernel's accounting. That goes with the program, so it is looked at while it runs: the figures
 * are those of the last look, a tenth of a second old at most, and unknown for a program that was gone before the first.
 */
export class ProgramAccount {
  /** Gone once it is closed: the numbers of its files may be other files' then. */
  #account: ResourceAccount | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #use: ResourceUse = unknownUse;
  #oomKills = 0;

  private constructor(account: ResourceAccount | undefined) {
    this.#account = account;
    if (account === undefined) return;
    this.#look(account);
    this.#timer = setInterval(() => {
      this.#look(account);
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** @param processId Process id of the container's first process on the host; 0 when it has ended already. */
  static async open(processId: number, containerId: string): Promise<ProgramAccount> {
    return new ProgramAccount(processId === 0 ? undefined : await ResourceAccount.open(processId, containerId));
  }

  get use(): ResourceUse {
    return this.#use;
  }

  /** Whether the kernel has killed one of its processes for want of memory. */
  ranOutOfMemory(): boolean {
    if (this.#account !== undefined) this.#look(this.#account);
    return this.#oomKills > 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#account?.close();
    this.#account = undefined;
  }

  #look(account: ResourceAccount): void {
    const { maxMemoryBytes, cpuMs } = account.end();
    this.#use = {
      maxMemoryBytes: maxMemoryBytes ?? this.#use.maxMemoryBytes,
      cpuMs: cpuMs ?? this.#use.cpuMs,
    };
    this.#oomKills = Math.max(this.#oomKills, account.oomKillCount());
  }
}

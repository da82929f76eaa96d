import { ResourceAccount, type ResourceUse, unknownUse } from './resource-account.ts';

/** Many programs are over soon, and change fastest at their beginning: looks begin close together, and grow apart. */
const firstLookAfterMs = 5;
const lookEveryMs = 100;

/**
 * What a program uses, by the kernel's accounting. That goes with the program, so it is looked at while it runs: the figures
 * are those of the last look, at most half as old as the program and a tenth of a second, and unknown for a program that was
 * gone before the first.
 */
export class ProgramAccount {
  /** Gone once it is closed: the numbers of its files may be other files' then. */
  #account: ResourceAccount | undefined;
  #timer: NodeJS.Timeout | undefined;
  #use: ResourceUse = unknownUse;
  #oomKills = 0;

  private constructor(account: ResourceAccount | undefined) {
    this.#account = account;
    if (account === undefined) return;
    this.#keepLooking(account, firstLookAfterMs);
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
    clearTimeout(this.#timer);
    this.#account?.close();
    this.#account = undefined;
  }

  #keepLooking(account: ResourceAccount, afterMs: number): void {
    this.#look(account);
    this.#timer = setTimeout(() => {
      this.#keepLooking(account, Math.min(2 * afterMs, lookEveryMs));
    }, afterMs);
    this.#timer.unref();
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

import { ResourceAccount, type ResourceUse, unknownUse } from './resource-account.ts';

const lookEveryMs = 100;

/**
 * What a program uses, by the kernel's accounting. That goes with the program, so it is looked at while it runs: the figures
 * are those of the last look, a tenth of a second old at most, and unknown for a program that was gone before the first.
 */
export class ProgramAccount {
  readonly #account: ResourceAccount | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #use: ResourceUse = unknownUse;
  #oomKills = 0;

  private constructor(account: ResourceAccount | undefined) {
    this.#account = account;
    if (account === undefined) return;
    this.look();
    this.#timer = setInterval(() => {
      this.look();
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
    this.look();
    return this.#oomKills > 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#account?.close();
  }

  /**
   * To be called as well at the moment when its last process has ended: the engine removes the accounting a little later, and
   * does not always hear of a kill for want of memory itself before it tells of the end.
   */
  look(): void {
    const account = this.#account;
    if (account === undefined) return;
    const { maxMemoryBytes, cpuMs } = account.end();
    this.#use = {
      maxMemoryBytes: maxMemoryBytes ?? this.#use.maxMemoryBytes,
      cpuMs: cpuMs ?? this.#use.cpuMs,
    };
    this.#oomKills = Math.max(this.#oomKills, account.oomKillCount());
  }
}

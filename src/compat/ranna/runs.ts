import type { Languages, ProgramOfLanguage } from '../../languages/language.ts';
import { toProgram } from '../../languages/to-program.ts';
import type { ProgramRequest, ProgramResult } from '../../programs/program.ts';
import { programLimits, type ProgramTerms } from '../program-terms.ts';
import type { RannaOrder } from './order.ts';
import { noInline, RannaRefusal, timedOut, unsupportedLanguage } from './refusal.ts';

export interface RannaRunsParts extends ProgramTerms {
  readonly languages: Languages;
  /** Time limit of a program. */
  readonly timeoutMs: number;
}

type Watched = Pick<ProgramRequest, 'id' | 'signal' | 'onStarted' | 'onStdout' | 'onStderr'> & {
  /** Most bytes that are kept of each stream. */
  readonly keptBytes: number;
};

interface RannaEnd {
  readonly result: ProgramResult;
  /** The whole time of the run, with the wait for its container, in milliseconds. */
  readonly elapsedMs: number;
}

/** Runs code in a language, once, for both of ranna's doors. */
export class RannaRuns {
  readonly #parts: RannaRunsParts;

  constructor(parts: RannaRunsParts) {
    this.#parts = parts;
  }

  /**
   * How the program ended is in what it resolves with, but for the time limit.
   * @throws RannaRefusal 400; SraasError what programs throw.
   */
  async run(order: RannaOrder, { keptBytes, ...watched }: Watched): Promise<RannaEnd> {
    const { programs, policy, network, timeoutMs } = this.#parts;
    const startedAt = performance.now();
    const result = await programs.run({
      ...this.#program(order),
      ...watched,
      environment: order.environment,
      stdin: new Uint8Array(),
      limits: programLimits(policy, { timeoutMs, resultBytes: keptBytes, logBytes: keptBytes }),
      network,
    });
    if (result.ended === 'timeout') throw new RannaRefusal(400, timedOut);
    return { result, elapsedMs: Math.round(performance.now() - startedAt) };
  }

  #program({ language: name, code, isInline, arguments: given }: RannaOrder): ProgramOfLanguage {
    const language = this.#parts.languages.find(name);
    if (language === undefined) throw new RannaRefusal(400, unsupportedLanguage);
    if (isInline && language.inline === undefined) throw new RannaRefusal(400, noInline);
    return toProgram(language, code, { arguments: given, isInline });
  }
}

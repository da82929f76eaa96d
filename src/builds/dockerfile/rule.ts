import type { Instruction } from './instruction.ts';
import type { StageScope } from './stage-scope.ts';

/** What a rule sees and does. */
export interface RuleContext {
  readonly scope: StageScope;
  /** The engine's processor in the words of images: `amd64`. */
  readonly architecture: string;
  /** The rest of a sentence that begins with the line and the instruction. */
  readonly refuse: (reason: string) => void;
}

/** Judges one instruction. Gives the texts to write behind its keyword, one line each: none for what has no effect here. */
export type Rule = (instruction: Instruction, context: RuleContext) => readonly string[];

/** One instruction of a Dockerfile as it was read. */
export interface Instruction {
  /** 1-based line that it begins on. */
  readonly line: number;
  /** In upper case. */
  readonly keyword: string;
  /** All behind the keyword on one line, without the white space around it. */
  readonly text: string;
}

import type { UploadedFile } from '../artifacts/upload.ts';

/** How a piece of code in a language becomes a program. */
export interface Language {
  /** `python3`. */
  readonly name: string;
  /** Other names that lead to it, in the order in which they were given. */
  readonly aliases: readonly string[];
  /** Name of the built-in or custom runtime that it runs on. */
  readonly runtime: string;
  /** The image that its runtime is made of, where the language names one rather than a runtime: `golang:latest`. */
  readonly image?: string;
  /** Name of the file that the code is put into. */
  readonly fileName: string;
  /** Run first, in the same sandbox; left out where nothing has to be compiled. */
  readonly compile?: readonly string[];
  /** Argument vector; empty for the image's own program, which gets the file's name as its first argument. */
  readonly command: readonly string[];
  /** Whether it runs in a copy of its folder that it may write to, and run programs from. What is compiled always does. */
  readonly isCopied: boolean;
  /** A program that prints something; empty where there is none. */
  readonly example: string;
  /** Word for syntax highlighting: `python`. */
  readonly highlighting: string;
  readonly inline?: InlineTemplate;
}

/** What an expression is wrapped into to be a program. */
export interface InlineTemplate {
  /** Finds what has to stand at the top; left out where nothing has to. */
  readonly imports?: ImportPattern;
  /** Has `$${CODE}`, and `$${IMPORTS}` with an import pattern. */
  readonly template: string;
}

export interface ImportPattern {
  /** As it was written, in Go's syntax. */
  readonly source: string;
  readonly expression: RegExp;
}

/** The languages of a server at this moment. */
export interface Languages {
  /** By name or alias; undefined when there is none. */
  find(name: string): Language | undefined;
  /** All of them, by name. */
  list(): readonly Language[];
}

/** What a piece of code is run as: members of a `ProgramRequest`. */
export interface ProgramOfLanguage {
  /** There for a language that works in a copy. */
  readonly executableTmp?: true;
  readonly runtime: string;
  readonly files: readonly UploadedFile[];
  readonly command: readonly string[];
  readonly arguments: readonly string[];
}

/** How texts differ between languages that mean the same. */
export interface Dialect {
  /** The text of something that was thrown and not caught: its headline, and a place in a fixture. */
  readonly thrown: (headline: string, fixture: string) => RegExp;
  /** A syntax error in a line of a fixture. */
  readonly syntaxError: (fixture: string, line: number) => RegExp;
}

export const nodeDialect: Dialect = {
  thrown: (headline, fixture) => new RegExp(`^(?:Error: )?${headline}\\n[^]*${fixture}\\.\\w+:\\d+`),
  syntaxError: (fixture, line) => new RegExp(`${fixture}\\.\\w+:${line}\\n[^]*SyntaxError`),
};

export const pythonDialect: Dialect = {
  thrown: (headline, fixture) =>
    new RegExp(`^Traceback \\(most recent call last\\):\\n  File "[^"]*${fixture}\\.py", line \\d+[^]*${headline}$`),
  syntaxError: (fixture, line) => new RegExp(`File "[^"]*${fixture}\\.py", line ${line}\\n[^]*SyntaxError`),
};

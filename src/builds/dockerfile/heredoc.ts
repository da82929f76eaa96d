/**
 * Finds what some engine would read as the beginning of a here-document, and thereby the following lines as its text. Wider than
 * BuildKit's own rule, which looks at words after the shell's rules: what looks like one inside quotes counts as well.
 */
export function findHeredoc(text: string): string | undefined {
  return /(?:^|\s|\$\{\w+:?[=+?-])(\d*<<-?[^<\s]\S*)/.exec(text)?.[1];
}

/**
 * Cuts the text of ENV, ARG and LABEL into words: white space ends one, unless it is in quotes or behind a backslash. Quotes and
 * backslashes stay as they are. Source: parseWords in moby/buildkit, frontend/dockerfile/parser.
 */
export function words(text: string): readonly string[] {
  const found: string[] = [];
  let word = '';
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') found.push(word);
      word = '';
      continue;
    }
    word += character;
    if (character === '\\') {
      index += 1;
      word += text.charAt(index);
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
    }
  }
  if (word !== '') found.push(word);
  return found;
}

/** Cuts the builder's flags, `--from=x`, off the front of an instruction's text. */
export function leadingFlags(text: string): { readonly flags: readonly string[]; readonly rest: string } {
  const flags: string[] = [];
  let rest = text;
  for (let found = /^--\S*/.exec(rest); found !== null; found = /^--\S*/.exec(rest)) {
    flags.push(found[0]);
    rest = rest.slice(found[0].length).trimStart();
  }
  return { flags, rest };
}

/** What a word means when nothing in it has to be known at the time of the build; undefined otherwise. */
export function literal(word: string): string | undefined {
  const bare = /^"([^"\\$]*)"$|^'([^'\\$]*)'$|^([^"'\\$]*)$/.exec(word);
  return bare === null ? undefined : (bare[1] ?? bare[2] ?? bare[3]);
}

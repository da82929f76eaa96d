/**
 * The words of a command line as ranna reads one: parted by blanks, where double quotes keep blanks together. Nothing else means
 * anything.
 * @returns undefined where a quote is not closed.
 */
export function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (isQuoted) return undefined;
  return word === undefined ? words : [...words, word];
}

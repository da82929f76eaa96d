/** The items of a setting that is a list. */
export function commaSeparated(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

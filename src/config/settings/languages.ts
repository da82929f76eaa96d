import { count, text, toggle } from '../setting.ts';

/** What languages programs may be in, besides those that are built in. */
export const languageSettings = [
  text('languages', '', 'File or http(s) address with more languages, JSON or YAML; empty for none'),
  count(
    'languagesRefreshMs',
    600_000,
    [1000, 86_400_000],
    'Time between two looks at an address of languages; a file is looked at every few seconds',
  ),
  toggle('languageRuntimes', true, 'Whether a runtime is made of each image that a language names and that has none'),
] as const;

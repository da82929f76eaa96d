import { choice, count, text } from '../setting.ts';

/** What languages programs may be in, besides those that are built in. */
export const languageSettings = [
  text('languages', '', 'File or http(s) address with more languages, JSON or YAML; empty for none'),
  count(
    'languagesRefreshMs',
    600_000,
    [1000, 86_400_000],
    'Time between two looks at an address of languages; a file is looked at every few seconds',
  ),
  choice(
    'languageRuntimes',
    'start',
    ['start', 'use', 'never'],
    'When a runtime is made of an image that a language names: soon after the start, when a program needs it, or never',
  ),
  count(
    'languageImagesRefreshMs',
    0,
    [0, 2_147_483_647],
    'Time after which images of languages are fetched anew from their registry; 0 for never',
  ),
] as const;

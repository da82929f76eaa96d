import type { LanguageBase } from './language-base.ts';
import { nodeBase } from './node-base.ts';
import { pythonBase } from './python-base.ts';
import type { Runtime } from './runtime.ts';

export function languageBase(language: Runtime['language']): LanguageBase {
  switch (language) {
    case 'node':
      return nodeBase;
    case 'python':
      return pythonBase;
    default:
      return language satisfies never;
  }
}

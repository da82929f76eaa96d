import { ClientError } from '../client/client-error.ts';
import type { RuntimesClient } from '../client/runtimes-client.ts';
import type { LanguageQuestion } from './folder/packed-folder.ts';

/** Asks a server what a runtime's handlers are written in. A runtime that it does not know is left to the deploy to refuse. */
export function languageOfRuntime(runtimes: Pick<RuntimesClient, 'show'>): LanguageQuestion {
  return async (name) => {
    try {
      const { contract, language } = await runtimes.show(name);
      if (contract === 'command') return 'none';
      return language === 'node' || language === 'python' ? language : undefined;
    } catch (error) {
      if (error instanceof ClientError && error.status === 404) return undefined;
      throw error;
    }
  };
}

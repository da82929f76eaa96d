import type { Code } from '../../src/client/code.ts';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import { tarFile } from '../support/archives/raw-tar.ts';
import type { Deployed } from './journal.ts';
import { secretOf, signingSecret } from './keepers.ts';

const config: FunctionConfigDocument = {
  runtime: 'node24',
  handler: 'src/main.handler',
  limits: { memory_mb: 64, timeout_ms: 20_000 },
};

/** What the handler of {@link codeOf} returns. */
export interface Echo {
  readonly nonce: string;
  readonly code: string;
  readonly mark: string;
  readonly attempt: number;
  readonly secret: string;
}

/** A configuration that says which deploy it belongs to, so that code and configuration of two cannot be mixed up unseen. */
export function configOf(fn: string, { mark }: Deployed, webhookUrl: string): FunctionConfigDocument {
  return {
    ...config,
    env: { MARK: mark },
    secrets: { SECRET: secretOf(fn) },
    history: mark.endsWith('1') ? 'all' : 'failures',
    async: {
      // Kills use up attempts as well.
      ...{ max_attempts: 12, first_delay_ms: 50, max_age_ms: 3_600_000 },
      webhook_url: webhookUrl,
      webhook_secret: signingSecret.name,
    },
  };
}

/** Some files, as an archive or as texts; all that the handler does is say who it is, after a while. */
export function codeOf({ code }: Deployed, form: 'archive' | 'texts', fileCount: number): Code {
  const files: Record<string, string> = {
    'src/main.mjs': `import { says } from './more/f0.mjs';
      export const handler = async ({ nonce, ms, failures = 0 }, { attempt }) => {
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        if (attempt <= failures) throw new Error(nonce);
        return { nonce, code: says, mark: process.env.MARK, attempt, secret: process.env.SECRET };
      };`,
  };
  for (let i = 0; i <= fileCount; i++) {
    files[`src/more/f${i}.mjs`] = `export const says = ${JSON.stringify(code)};\n//${'.'.repeat(i * 97)}`;
  }
  if (form === 'texts') return { files };
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  return { archive: new Uint8Array(tarFile(...entries)) };
}

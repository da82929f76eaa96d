import { lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './project.mjs';

/**
 * Lets `npx sraas` find this checkout's own program. npx would otherwise install the checkout into its cache first, and with
 * install scripts switched off, as here, no command comes of that.
 */
export function linkCommand() {
  const link = join(project, 'node_modules/.bin/sraas');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(join(link, '..'), { recursive: true });
  symlinkSync('../../dist/src/main.js', link);
}

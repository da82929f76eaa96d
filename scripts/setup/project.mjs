import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of this checkout. */
export const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** The built command line program. */
export const mainProgram = join(project, 'dist/src/main.js');

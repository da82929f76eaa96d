import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageFile } from '../compat/page-files.ts';

/** Each page has a script of its own besides the editor and the style that all have. */
const scripts = { 'tdd-app': 'submit.js', scaas: 'run.js' } as const;

/** The texts of a page, from where the product is installed. Throws the system's error for one that is not there. */
export function readPage(installDirectory: string, page: keyof typeof scripts): readonly PageFile[] {
  const read = (...names: readonly string[]): string => readFileSync(join(installDirectory, 'pages', ...names), 'utf8');
  const script = scripts[page];
  return [
    { path: '/', type: 'text/html', text: read(page, 'index.html') },
    { path: '/page.css', type: 'text/css', text: read('page.css') },
    { path: '/editor.js', type: 'text/javascript', text: read('editor.js') },
    { path: `/${script}`, type: 'text/javascript', text: read(page, script) },
  ];
}

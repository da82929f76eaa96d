import { buildRefused } from './refusal.ts';

/** Dockerfiles of people have a few KiB; a parser takes long over much more. */
const maxDockerfileBytes = 128 * 1024;

/**
 * A Dockerfile's text, ready to be parsed: line feeds for line ends, no byte order mark.
 * @throws SraasError `BUILD_REFUSED` for what is empty, too long, or no text.
 */
export function sourceText(dockerfile: string): string {
  const sizeBytes = Buffer.byteLength(dockerfile);
  if (sizeBytes > maxDockerfileBytes) {
    throw refused(`The Dockerfile has ${sizeBytes} bytes; at most ${maxDockerfileBytes} are accepted.`);
  }
  const text = dockerfile.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (/[\uD800-\uDFFF\uFFFD]/u.test(text)) throw refused('The Dockerfile is not text in UTF-8.');
  const control = /(?![\t\n])\p{Cc}/u.exec(text);
  if (control !== null) {
    const line = text.slice(0, control.index).split('\n').length;
    throw refused(`has a control character (${codePoint(control[0])}); a Dockerfile is plain text.`, line);
  }
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line))) {
    throw refused('The Dockerfile has no instructions; the first one is FROM.');
  }
  return text;
}

function refused(reason: string, line?: number): Error {
  return buildRefused([line === undefined ? { reason } : { line, reason }]);
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

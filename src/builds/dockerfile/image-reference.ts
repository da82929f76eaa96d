/** Repository of the images that builds make. Nothing may be built on them: they are named by who ordered them, not by tag. */
export const builtRepository = 'sraas/built';

const host = /^(?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?)$/;
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

export interface ImageReference {
  /** The registry's address; undefined for the engine's own default. */
  readonly host: string | undefined;
  /** Without host, tag and digest. */
  readonly path: string;
  /** As it was written, with a tag: an engine finds the same image by both. */
  readonly withTag: string;
}

/** Reads a reference such as `python:3.13-slim`. Undefined for what is none. Source: github.com/distribution/reference. */
export function parseReference(text: string): ImageReference | undefined {
  const [, name = '', tag, digest] =
    /^([^@\s]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const [first = '', ...others] = name.split('/');
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasHost && !host.test(first)) return undefined;
  const components = hasHost ? others : [first, ...others];
  if (name.length > 255 || !components.every((part) => component.test(part))) return undefined;
  return {
    host: hasHost ? first : undefined,
    path: components.join('/'),
    withTag: tag === undefined && digest === undefined ? `${text}:latest` : text,
  };
}

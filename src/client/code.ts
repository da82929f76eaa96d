/** Code to send: source texts by their path, or the bytes of a zip, tar or tar.gz. */
export type Code = { readonly files: Readonly<Record<string, string>> } | { readonly archive: Uint8Array<ArrayBuffer> };

/** The body of a request with code: one document where the code is text, a form where it is an archive. */
export function bodyWithCode(code: Code, config: object, others: Readonly<Record<string, object>> = {}): object {
  if ('files' in code) return { ...config, ...others, files: code.files };
  const form = new FormData();
  for (const [name, document] of Object.entries({ config, ...others })) form.append(name, JSON.stringify(document));
  form.append('archive', new Blob([code.archive]), 'archive');
  return form;
}

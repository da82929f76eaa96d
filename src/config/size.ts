const multiples = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** The bytes that a size such as `50M`, `1G` or `50kb` means: digits, a multiple of 1,024 and a b, in any case. */
export function sizeInBytes(text: string): number | undefined {
  const [whole, digits = '', multiple = ''] = /^(\d+)([kmgt]?)b?$/.exec(text.toLowerCase()) ?? [];
  return whole === undefined ? undefined : Number(digits) * multiples[multiple as keyof typeof multiples];
}

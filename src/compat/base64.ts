/** The bytes of standard base64 with padding, line breaks in it passed over; undefined for any other text. */
export function strictBase64(text: string): Buffer | undefined {
  const unbroken = text.replaceAll(/[\r\n]/g, '');
  if (unbroken.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(unbroken)) return undefined;
  return Buffer.from(unbroken, 'base64');
}

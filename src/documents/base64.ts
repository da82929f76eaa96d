/** Whether a text is standard base64 with padding (RFC 4648, section 4), without line breaks. */
export function isBase64(text: unknown): text is string {
  return typeof text === 'string' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Handlers in one file, by what they do. */
export const sources = {
  divide: `export async function handler(event) { return { quotient: event.a / event.b }; }`,
  echo: `export async function handler(event, context) { console.log('log of', event.nonce); return { nonce: event.nonce, context }; }`,
  count: `let calls = 0; export const handler = () => ++calls;`,
} as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly document: unknown;
}

/** Undefined when no whole answer came. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    const document: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, document };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

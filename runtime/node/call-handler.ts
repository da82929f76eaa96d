import { OriginalPromise } from './originals.ts';

/** The user's exported function, in any of its three styles. */
export type Handler = (event: unknown, context: object, callback?: HandlerCallback) => unknown;

type HandlerCallback = (error?: unknown, result?: unknown) => void;

const callbackParameters = 3;

/**
 * Calls a handler and waits for its result, whichever style it has: a value, anything with a `then`, or, when it declares a
 * third parameter, a Node callback. A callback-style handler that returns something with a `then` is held to that instead.
 * Rejects with what the handler threw, unchanged. Only the first answer counts.
 */
export async function callHandler(handler: Handler, event: unknown, context: object): Promise<unknown> {
  // await is syntax: user code that replaces Promise or its methods does not change what it does.
  if (handler.length < callbackParameters) return await handler(event, context);
  let returned: unknown;
  const answered = new OriginalPromise<unknown>((resolve, reject) => {
    returned = handler(event, context, (error, result) => {
      if (error === null || error === undefined) resolve(result);
      // A handler may fail with anything, and all of it is passed on as it is.
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      else reject(error);
    });
  });
  if (!isThenable(returned)) return await answered;
  void ignoreRejection(answered);
  return await returned;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

async function ignoreRejection(promise: Promise<unknown>): Promise<void> {
  try {
    await promise;
  } catch {
    // What the handler returned is its answer.
  }
}

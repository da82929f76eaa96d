import type { InitHead, InvokeHead, ResultStatus } from '../../runtime/protocol.ts';

/** How one invocation ends, as the host sees it. */
export type Ending =
  | { readonly status: 'ok'; readonly result: unknown }
  | { readonly status: Exclude<ResultStatus, 'ok'>; readonly error: RegExp }
  | { readonly exitCode: number | null; readonly signal?: NodeJS.Signals };

export interface Call {
  readonly event?: unknown;
  readonly context?: object;
  readonly invoke?: Partial<InvokeHead>;
  readonly ends: Ending;
  /** True unless said otherwise. */
  readonly reusable?: boolean;
  /** All that was written since the call began; not looked at when it is left out. */
  readonly logs?: string | RegExp;
}

/** One thing that a shim of any language shows, with the fixture that shows it, named by what it does. */
export interface Behaviour {
  readonly title: string;
  readonly handler: string;
  /** `handler` unless said otherwise. */
  readonly exportName?: string;
  readonly init?: Partial<InitHead>;
  readonly loads?: { readonly error: RegExp } | { readonly exitCode: number };
  readonly logsAtLoad?: string;
  readonly calls: readonly Call[];
}

export const one = (title: string, handler: string, call: Call): Behaviour => ({ title, handler, calls: [call] });
export const ok = (result: unknown): Ending => ({ status: 'ok', result });
export const handlerError = (error: RegExp): Ending => ({ status: 'handler_error', error });
export const badResult = (error: RegExp): Ending => ({ status: 'bad_result', error });
export const failsToLoad = (title: string, handler: string, error: RegExp, logsAtLoad?: string): Behaviour => ({
  title,
  handler,
  loads: { error },
  ...(logsAtLoad === undefined ? {} : { logsAtLoad }),
  calls: [],
});

/** Whether a sandbox can take another call after a handler left this behind. */
export const leavesBehind = (what: string, event: string, reusable: boolean): Behaviour =>
  one(`${reusable ? 'stays' : 'is not'} reusable after ${what}`, 'leaves-work-behind', {
    event,
    ends: ok(event),
    reusable,
  });

/** A handler replaces what everybody in its process uses; the shim answers and tells of errors as before. */
export const replaces = (what: string, error: RegExp): Behaviour => ({
  title: `stays itself when a handler replaces: ${what}`,
  handler: 'replaces-world',
  calls: [
    { event: { what }, ends: ok(['a', { result: what }]) },
    { event: { what, fail: true }, ends: handlerError(error) },
    { event: { what }, ends: ok(['a', { result: what }]) },
  ],
});

import type { LiveLogEvent } from '../wire/live-log.ts';
import { bytesText, countText, durationText } from './terminal/amounts.ts';
import { LogLines } from './terminal/log-lines.ts';
import type { Printer } from './terminal/printer.ts';
import { safeLine } from './terminal/safe-text.ts';

/** Shows live events to a person: what a function wrote on stdout, line by line, and what happened on stderr. */
export class LiveReport {
  readonly #printer: Printer;
  readonly #functionName: string;
  readonly #lines: LogLines;
  #at = '';

  constructor(printer: Printer, functionName: string) {
    this.#printer = printer;
    this.#functionName = functionName;
    this.#lines = new LogLines((invocationId, line) => {
      printer.line(`${prefix(this.#at, invocationId)}  ${line}`);
    });
  }

  show(event: LiveLogEvent): void {
    if ('at' in event) this.#at = event.at;
    switch (event.event) {
      case 'following':
        this.#printer.progress(`following ${this.#functionName}; Ctrl-C ends`);
        return;
      case 'begin':
        this.#remark(event.invocation_id, `begin ${this.#functionName}@${event.version}`);
        return;
      case 'log':
        this.#lines.add(event.invocation_id, event.text);
        return;
      case 'end':
        this.#lines.flush(event.invocation_id);
        this.#remark(event.invocation_id, ending(event));
        return;
      case 'dropped':
        this.#lines.flushAll();
        this.#printer.note(
          `-- ${countText(event.events, 'event')} with ${bytesText(event.bytes)} of logs left out here`,
        );
        return;
      case 'removed':
        this.#lines.flushAll();
        this.#printer.note(`-- ${this.#functionName} was removed`);
        return;
      case 'draining':
        this.#lines.flushAll();
        this.#printer.note('-- the server shuts down');
        return;
      default:
        event satisfies never;
    }
  }

  #remark(invocationId: string, text: string): void {
    this.#printer.note(`${prefix(this.#at, invocationId)}  -- ${text}`);
  }
}

function ending(event: Extract<LiveLogEvent, { event: 'end' }>): string {
  const how = safeLine(event.outcome ?? event.code ?? 'ended');
  return `${how} in ${durationText(event.duration_ms)}${event.logs_truncated ? ' · logs were cut' : ''}`;
}

/**
 * Time of day here, and the end of the id: enough to tell a few invocations apart, and for `sraas cancel`. Ids begin with the
 * time, which those that run together have in common.
 */
function prefix(at: string, invocationId: string): string {
  const time = new Date(at);
  const clock = Number.isNaN(time.getTime())
    ? '--:--:--.---'
    : `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  return `${clock} ${safeLine(invocationId.slice(-8))}`;
}

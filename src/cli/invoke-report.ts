import type { InvokeReply } from '../wire/invoke.ts';
import { durationText } from './terminal/amounts.ts';
import type { Printer } from './terminal/printer.ts';
import { safeJson } from './terminal/safe-text.ts';

/** Shows a reply to a person: the result on stdout; logs, error and a summary on stderr. */
export function printReply(printer: Printer, reply: InvokeReply): void {
  if (reply.logs !== '') printer.note(reply.logs.replace(/\n$/, ''));
  if (reply.invocation.outcome === 'ok') printer.line(safeJson(reply.result, 2));
  else if (reply.error !== null) printer.note(reply.error.replace(/\n$/, ''));
  printer.note(summary(reply));
}

/** One line on how an invocation went. */
function summary(reply: InvokeReply): string {
  const {
    outcome,
    exit_code: exitCode,
    cold_start: coldStart,
    init_ms: initMs,
    logs_truncated: cut,
  } = reply.invocation;
  const parts = [`${outcome} in ${durationText(reply.duration_ms)}`];
  if (outcome === 'exited' && exitCode !== null) parts.push(`exit code ${exitCode}`);
  if (coldStart) parts.push(`cold start ${durationText(initMs)}`);
  if (cut) parts.push('logs were cut');
  return `-- ${parts.join(' · ')}`;
}

import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportDocument, reportError, reportText } from './report-error.ts';
import type { Printer } from './terminal/printer.ts';

/**
 * Removes things by name, each for itself: one that fails does not keep the others.
 * @returns the worst of their exit codes.
 */
export async function removeEach(
  names: readonly string[],
  printer: Printer,
  remove: (name: string) => Promise<void>,
): Promise<ExitCode> {
  const removed: string[] = [];
  const failed: object[] = [];
  let exitCode: ExitCode = exitCodes.ok;
  for (const name of names) {
    try {
      await remove(name);
      removed.push(name);
      if (!printer.json) printer.line(`removed ${name}`);
    } catch (error) {
      const report = reportError(error);
      failed.push({ name, ...reportDocument(report) });
      if (report.exitCode > exitCode) exitCode = report.exitCode;
      if (!printer.json) printer.note(reportText(report));
    }
  }
  if (printer.json) printer.document({ removed, failed });
  return exitCode;
}

import type { Command } from 'commander';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { gatherFacts } from '../doctor/gather-facts.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions } from '../load-config.ts';
import { countText } from '../terminal/amounts.ts';
import type { Printer } from '../terminal/printer.ts';
import { table } from '../terminal/table.ts';

/** `sraas doctor`: says what is right and wrong with this machine, and what mends it. */
export function addDoctor(program: Command, { world, adapters, finish }: CommandContext): void {
  const command = program
    .command('doctor')
    .description('Checks whether this machine is fit to run the server. Changes nothing.')
    .addHelpText(
      'after',
      examples('sraas doctor', 'sraas doctor --engine-host unix:///run/user/1000/docker.sock --json'),
    )
    .action(async (_options: object, self: Command) => {
      const printer = printerFor(self, world);
      const findings = examine(await gatherFacts(self, world, adapters));
      if (printer.json) printer.document(findings.map(findingDocument));
      else printFindings(printer, findings);
      finish(findings.some(({ status }) => status === 'problem') ? exitCodes.platform : exitCodes.ok);
    });
  addSettingOptions(command, ['host', 'port', 'dataDirectory', 'lowDiskMb', 'engineHost', 'engineRuntime']);
}

function printFindings(printer: Printer, findings: readonly Finding[]): void {
  printer.block(
    table(
      ['CHECK', 'STATE', 'FOUND'],
      findings.map(({ name, status, detail }) => [name, status, detail]),
    ),
  );
  for (const { name, status, remedy } of findings) {
    if (remedy === undefined) continue;
    printer.line(`\n${status}: ${name}. ${remedy.reason}\n  ${remedy.command}`);
  }
  const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length;
  printer.line(`\n${countText(count('problem'), 'problem')}, ${countText(count('warning'), 'warning')}`);
}

function findingDocument({ name, status, detail, remedy }: Finding): object {
  return { name, status, detail, reason: remedy?.reason, command: remedy?.command };
}

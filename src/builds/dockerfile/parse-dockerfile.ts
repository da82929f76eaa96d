import { DockerfileParser } from 'dockerfile-ast';
import { findHeredoc } from './heredoc.ts';
import type { Instruction } from './instruction.ts';
import { logicalLines, type LogicalLine } from './logical-lines.ts';
import type { Refusal } from './refusal.ts';
import { sourceText } from './source-text.ts';

interface ParsedDockerfile {
  readonly instructions: readonly Instruction[];
  readonly refusals: readonly Refusal[];
}

/** Longest line that engines read. Source: the scanner's limit in moby/buildkit, frontend/dockerfile/parser. */
const maxLineBytes = 65_000;
/** Each is a step, and a step takes a container. */
const maxInstructions = 150;

/**
 * Reads a Dockerfile. What a person meant and what an engine would make of it must be one thing: where the parser and our own joining
 * of lines disagree on where an instruction begins, it is refused. What is read is never sent on as it stands: docs/builds.md.
 *
 * @throws SraasError `BUILD_REFUSED` for what is no Dockerfile at all.
 */
export function parseDockerfile(dockerfile: string): ParsedDockerfile {
  const text = sourceText(dockerfile);
  const parsed = DockerfileParser.parse(text);
  const refusals: Refusal[] = parsed.getDirectives().flatMap((directive) => {
    const line = directive.getRange().start.line + 1;
    return refusedDirective(directive.getName().toLowerCase(), directive.getValue(), line);
  });
  // With another escape character nothing below would be read as it was meant.
  if (refusals.some(({ reason }) => reason.includes('escape'))) return { instructions: [], refusals };

  const lines = logicalLines(text);
  const instructions = lines.map(instructionOf);
  const unclear = lines.flatMap(unclearLine);
  if (instructions.length > maxInstructions) {
    unclear.push({
      reason: `The Dockerfile has ${instructions.length} instructions; at most ${maxInstructions} are built.`,
    });
  }
  if (unclear.length === 0) {
    const begins = parsed.getInstructions().map((node) => ({
      line: node.getRange().start.line + 1,
      keyword: node.getKeyword(),
    }));
    const index = instructions.findIndex(
      ({ line, keyword }, at) => begins[at]?.line !== line || begins[at].keyword !== keyword,
    );
    const odd = index === -1 ? begins[instructions.length] : instructions[index];
    if (odd !== undefined) {
      unclear.push({
        line: odd.line,
        reason: 'cannot be read without doubt; write each instruction on lines of its own.',
      });
    }
  }
  return { instructions, refusals: [...refusals, ...unclear] };
}

function instructionOf({ line, text }: LogicalLine): Instruction {
  const [, keyword = '', rest = ''] = /^(\S+)\s*([^]*)$/.exec(text) ?? [];
  return { line, keyword: keyword.toUpperCase(), text: rest };
}

function refusedDirective(name: string, value: string, line: number): readonly Refusal[] {
  if (name === 'syntax') {
    return [{ line, reason: '`# syntax=` names a program that would read this file instead; leave the line out.' }];
  }
  if (name === 'escape' && value !== '\\') {
    return [
      { line, reason: '`# escape=` changes how this file is read; leave the line out and escape with a backslash.' },
    ];
  }
  return [];
}

function unclearLine(logical: LogicalLine): readonly Refusal[] {
  const { line, text, ambiguous } = logical;
  const { keyword, text: rest } = instructionOf(logical);
  if (Buffer.byteLength(text) > maxLineBytes) {
    return [{ line, reason: `is longer than ${maxLineBytes} bytes; put the script into a file and COPY it.` }];
  }
  if (ambiguous || text.endsWith('\\')) {
    return [{ line, reason: 'ends in a backslash that engines read in different ways; write it differently.' }];
  }
  if (['RUN', 'COPY', 'ADD'].includes(keyword) && findHeredoc(rest) !== undefined) {
    const reason = 'has a here-document (`<<`), which needs BuildKit; put the text into a file and COPY it.';
    return [{ line, instruction: keyword, reason }];
  }
  return [];
}

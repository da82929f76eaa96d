import type { Instruction } from './instruction.ts';
import { parseDockerfile } from './parse-dockerfile.ts';
import type { DockerfilePlan, PlannedStep } from './plan.ts';
import { buildRefused, type Refusal } from './refusal.ts';
import type { Rule } from './rule.ts';
import { copyRule } from './rules/copy.ts';
import { fromRule } from './rules/from.ts';
import { commandRule, runRule, shellRule, userRule } from './rules/run.ts';
import { argRule, envRule, labelRule } from './rules/variables.ts';
import { workdirRule } from './rules/workdir.ts';
import { StageScope } from './stage-scope.ts';

/** Most layers that an image may have, with those of its base. */
export const maxLayers = 64;

const rules: Readonly<Record<string, Rule>> = {
  FROM: fromRule,
  RUN: runRule,
  COPY: copyRule,
  ENV: envRule,
  ARG: argRule,
  LABEL: labelRule,
  WORKDIR: workdirRule,
  USER: userRule,
  CMD: commandRule,
  ENTRYPOINT: commandRule,
  SHELL: shellRule,
  // They change nothing: a sandbox has no ports, and nobody asks an image for its author.
  EXPOSE: () => [],
  MAINTAINER: () => [],
};

const refusedKeywords: Readonly<Record<string, string>> = {
  ADD: 'can fetch from anywhere and unpacks what it finds; use COPY, and RUN for downloads.',
  ONBUILD: 'is for the builds of others; say it here without ONBUILD.',
  VOLUME: 'makes folders that nothing limits; leave it out, /tmp can be written to.',
  HEALTHCHECK: 'is never run; leave it out.',
  STOPSIGNAL: 'is never sent; leave it out.',
};

/**
 * Decides whether a Dockerfile is built, and as what. Pure.
 * @param architecture the engine's processor in the words of images: `amd64`.
 * @throws SraasError `BUILD_REFUSED` with everything that is wrong.
 */
export function planDockerfile(dockerfile: string, architecture: string): DockerfilePlan {
  const { instructions, refusals } = parseDockerfile(dockerfile);
  const found: Refusal[] = [...refusals];
  const scope = new StageScope();
  const steps = instructions.flatMap((instruction) => {
    const { line, keyword } = instruction;
    const refuse = (reason: string): void => {
      // A line that could not be read as one instruction has been refused already.
      if (!refusals.some((refusal) => refusal.line === line))
        found.push({ line, instruction: keyword.slice(0, 40), reason });
    };
    return judge(instruction, scope, architecture, refuse);
  });
  if (instructions.length > 0 && !scope.inStage)
    found.push({ reason: 'The Dockerfile has no FROM, which says what to build on.' });
  if (found.length > 0) throw buildRefused(found);
  return { stages: scope.stages, steps, contextLines: scope.contextLines };
}

function judge(
  instruction: Instruction,
  scope: StageScope,
  architecture: string,
  refuse: (reason: string) => void,
): readonly PlannedStep[] {
  const { line, keyword } = instruction;
  const rule = Object.hasOwn(rules, keyword) ? rules[keyword] : undefined;
  if (rule === undefined) {
    refuse(Object.hasOwn(refusedKeywords, keyword) ? (refusedKeywords[keyword] ?? '') : unknown(keyword));
    return [];
  }
  if (!scope.inStage && keyword !== 'FROM' && keyword !== 'ARG') {
    refuse('comes before the first FROM; only ARG may.');
    return [];
  }
  const texts = rule(instruction, { scope, architecture, refuse });
  if (keyword === 'FROM') return [{ kind: 'stage', line, index: scope.stages.length - 1 }];
  if ((keyword === 'RUN' || keyword === 'COPY') && scope.addLayer() === maxLayers + 1) {
    refuse(
      `is the ${maxLayers + 1}th layer of its stage; at most ${maxLayers} are built: join several RUN with \`&&\`.`,
    );
  }
  return texts.map((text) => ({ kind: 'instruction', line, keyword, text, title: `${keyword} ${instruction.text}` }));
}

function unknown(keyword: string): string {
  const isWord = /^[A-Z]+$/.test(keyword);
  return `is no instruction${isWord ? '' : '; the line above may lack a backslash at its end'}.`;
}

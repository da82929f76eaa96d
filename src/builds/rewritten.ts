import { createHash } from 'node:crypto';
import type { Base } from './bases.ts';
import type { DockerfilePlan, PlannedStep, StageBase } from './dockerfile/plan.ts';

/** One line of the Dockerfile that the engine gets. */
export interface RewrittenStep {
  readonly text: string;
  /** Line of the user's Dockerfile that it stands for; undefined for one of ours. */
  readonly line: number | undefined;
  readonly keyword: string;
  /** For people. */
  readonly title: string;
}

type BasesByReference = ReadonlyMap<string, Base>;

/** Names what would be built: the same hash, the same image, save for what its commands fetch. */
export function recipeHashOf(
  plan: DockerfilePlan,
  bases: BasesByReference,
  contextHash: string | undefined,
  architecture: string,
): string {
  const lines = plan.steps.map((step) => stepText(step, plan, bases));
  const context = plan.contextLines.length === 0 ? '' : (contextHash ?? '');
  const parts = ['sraas-image-1', architecture, context, ...lines];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Writes the Dockerfile for the engine: one instruction a line, nothing to be continued, bases by their ids. What carries our labels
 * begins at the first instruction after each FROM, so all containers of the build can be found; the finished image gets its own last.
 */
export function rewritten(
  plan: DockerfilePlan,
  bases: BasesByReference,
  labels: { readonly steps: Readonly<Record<string, string>>; readonly image: Readonly<Record<string, string>> },
): readonly RewrittenStep[] {
  const mine = (values: Readonly<Record<string, string>>): RewrittenStep => ({
    text: labelText(values),
    line: undefined,
    keyword: 'LABEL',
    title: 'LABEL',
  });
  const steps = plan.steps.flatMap((step): readonly RewrittenStep[] => {
    const text = stepText(step, plan, bases);
    if (step.kind === 'instruction') return [{ text, line: step.line, keyword: step.keyword, title: step.title }];
    return [{ text, line: step.line, keyword: 'FROM', title: stageTitle(step.index, plan) }, mine(labels.steps)];
  });
  return [...steps, mine(labels.image)];
}

function stepText(step: PlannedStep, plan: DockerfilePlan, bases: BasesByReference): string {
  if (step.kind === 'instruction') return `${step.keyword} ${step.text}`;
  const base = plan.stages[step.index]?.base ?? { kind: 'scratch' };
  return `FROM ${baseText(base, bases)} AS ${stageName(step.index)}`;
}

function baseText(base: StageBase, bases: BasesByReference): string {
  switch (base.kind) {
    case 'image':
      return bases.get(base.reference)?.id ?? base.reference;
    case 'stage':
      return stageName(base.index);
    case 'scratch':
      return 'scratch';
    default:
      return base satisfies never;
  }
}

function stageTitle(index: number, plan: DockerfilePlan): string {
  const base = plan.stages[index]?.base;
  return base?.kind === 'image'
    ? `FROM ${base.reference}`
    : `FROM ${base?.kind === 'stage' ? 'an earlier stage' : 'scratch'}`;
}

function stageName(index: number): string {
  return `stage-${index}`;
}

function labelText(values: Readonly<Record<string, string>>): string {
  return `LABEL ${Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ')}`;
}

import { builtRepository, parseReference } from '../image-reference.ts';
import type { StageBase } from '../plan.ts';
import { quote } from '../quote.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { leadingFlags } from '../words.ts';

/** FROM begins a stage; what to write for it is only known when its base has been looked up. */
export const fromRule: Rule = ({ text, line }, context) => {
  const { flags, rest } = leadingFlags(text);
  for (const flag of flags) checkFlag(flag, context);
  const [image = '', as, name, ...more] = rest.split(/\s+/);
  if (image === '' || (as !== undefined && (as.toLowerCase() !== 'as' || name === undefined)) || more.length > 0) {
    context.refuse('is not of the form `FROM image` or `FROM image AS name`.');
  }
  if (name !== undefined && !/^[a-z][a-z0-9_.-]*$/i.test(name)) {
    context.refuse(
      `names its stage ${quote(name)}; begin with a letter, then letters, digits, \`-\`, \`_\` and \`.\`.`,
    );
  }
  const isFree = context.scope.beginStage({ line, base: stageBase(image, context) }, name);
  if (!isFree) context.refuse(`gives its stage the name ${quote(name ?? '')}, which an earlier one has.`);
  return [];
};

function stageBase(image: string, { scope, refuse }: RuleContext): StageBase {
  if (image.toLowerCase() === 'scratch') return { kind: 'scratch' };
  const named = /^\d+$/.test(image) ? undefined : scope.stageNamed(image);
  if (named !== undefined) return { kind: 'stage', index: named };
  const reference = parseReference(image);
  if (image.includes('$')) refuse('computes its image from a variable; write the image out.');
  else if (reference === undefined) refuse(`names ${quote(image)}, which is no reference of an image.`);
  else if (reference.path === builtRepository)
    refuse('names an image that was built here; build on what that one is built on.');
  return { kind: 'image', reference: image };
}

function checkFlag(flag: string, { architecture, refuse }: RuleContext): void {
  const [, platform] = /^--platform=(.+)$/.exec(flag) ?? [];
  if (platform === undefined) {
    refuse(`has the flag ${quote(flag)}, which builds here do not know; leave it out.`);
  } else if (!ownPlatforms.has(platform) && platform !== `linux/${architecture}`) {
    refuse(`asks for the platform ${quote(platform)}; images are built for linux/${architecture} only.`);
  }
}

/** Variables of BuildKit that mean the machine that builds, which is also the one that runs. */
const ownPlatforms: ReadonlySet<string> = new Set([
  ...['$BUILDPLATFORM', '${BUILDPLATFORM}', '$TARGETPLATFORM', '${TARGETPLATFORM}'],
]);

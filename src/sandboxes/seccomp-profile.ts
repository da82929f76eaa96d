import { SraasError } from '../errors.ts';
import profile from './seccomp.json' with { type: 'json' };

interface Processor {
  /** The name in the profile. */
  readonly native: string;
  /** The name in the rules' conditions, which is Go's. */
  readonly goName: string;
}

interface Rule {
  readonly comment: string;
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly object[];
  readonly includes?: { readonly arches: readonly string[] };
}

const x86 = { native: 'SCMP_ARCH_X86_64', goName: 'amd64' } satisfies Processor;
const arm = { native: 'SCMP_ARCH_AARCH64', goName: 'arm64' } satisfies Processor;
const processors = new Map<string, Processor>([
  ['x86_64', x86],
  ['amd64', x86],
  ['aarch64', arm],
  ['arm64', arm],
]);

const rules: readonly Rule[] = profile.syscalls;
const texts = new Map<Processor, string>();

/**
 * The system call filter of every sandbox for an engine's processor, as the JSON text that the engine's API takes. Calls of
 * other word sizes (32-bit, x32) are not let in. Throws SANDBOX_START_FAILED for a processor that there is no filter for.
 *
 * `seccomp.json` is the source, `docs/adr/0006-seccomp.md` says why it is what it is.
 */
export function seccompProfile(architecture: string): string {
  const processor = processors.get(architecture);
  if (processor === undefined) {
    const known = [...processors.keys()].join(', ');
    throw new SraasError(
      'SANDBOX_START_FAILED',
      `There is no system call filter for ${architecture}, only for ${known}.`,
    );
  }
  const text = texts.get(processor) ?? profileText(processor);
  texts.set(processor, text);
  return text;
}

function profileText({ native, goName }: Processor): string {
  const applicable = rules.filter((rule) => rule.includes?.arches.includes(goName) ?? true);
  return JSON.stringify({
    defaultAction: profile.defaultAction,
    defaultErrnoRet: profile.defaultErrnoRet,
    // Without sub-architectures: a filter that lists them would let 32-bit calls past its argument checks.
    architectures: [native],
    syscalls: applicable.map(({ names, action, errnoRet, args }) => ({ names, action, errnoRet, args })),
  });
}

import { pointerTo } from '../documents/json-pointer.ts';
import type { Violation } from '../errors.ts';

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const maxValueBytes = 32 * 1024;
/** The kernel hands a new process at most 128 KiB in one string; the whole map stays under that too. */
const maxTotalBytes = 128 * 1024;

/** Prefixes of what the dynamic loader and the platform itself read. */
const reservedPrefixes = ['LD_', 'SRAAS_'];

/** What the sandbox sets itself, and what changes how Node, Python or the C library start before any handler is loaded. */
const reservedNames: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'TMPDIR', 'GCONV_PATH', 'GLIBC_TUNABLES', 'LOCPATH', 'OPENSSL_CONF'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID'],
  ...['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'NODE_V8_COVERAGE', 'NODE_REDIRECT_WARNINGS', 'NODE_ICU_DATA'],
  ...['NODE_PRESERVE_SYMLINKS', 'NODE_PRESERVE_SYMLINKS_MAIN', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE'],
  ...['PYTHONHOME', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONINSPECT', 'PYTHONUSERBASE', 'PYTHONEXECUTABLE'],
  ...['PYTHONPLATLIBDIR', 'PYTHONSAFEPATH', 'PYTHONCASEOK', 'PYTHONIOENCODING', 'PYTHONPYCACHEPREFIX'],
  ...['PYTHONDEBUG', 'PYTHONVERBOSE', 'PYTHONPROFILEIMPORTTIME', 'PYTHONDUMPREFS', 'PYTHON_PRESITE'],
  // Harmless to a process, but not to every program that copies a map of them into an object.
  ...['__proto__', 'constructor', 'prototype'],
]);

/** What is wrong with a config's `env` beyond its shape. Anything that is not an object of strings is left to the schema. */
export function environmentViolations(env: Readonly<Record<string, unknown>>): readonly Violation[] {
  const violations: Violation[] = [];
  let totalBytes = 0;
  for (const [name, value] of Object.entries(env)) {
    const messages = [nameFault(name), ...(typeof value === 'string' ? valueFaults(value) : [])];
    for (const message of messages)
      if (message !== undefined) violations.push({ pointer: `/env${pointerTo(name)}`, message });
    totalBytes += Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  if (totalBytes > maxTotalBytes) {
    violations.push({
      pointer: '/env',
      message: `must have at most ${maxTotalBytes} bytes of names and values together`,
    });
  }
  return violations;
}

/** The same for `secrets`, whose variables stand beside those of `env`. */
export function secretViolations(
  secrets: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, unknown>>,
): readonly Violation[] {
  return Object.keys(secrets).flatMap((name) => {
    const message = nameFault(name) ?? (Object.hasOwn(env, name) ? 'is a variable of env already' : undefined);
    return message === undefined ? [] : [{ pointer: `/secrets${pointerTo(name)}`, message }];
  });
}

function nameFault(name: string): string | undefined {
  if (!namePattern.test(name)) return 'must have a name of letters, digits and "_" that does not start with a digit';
  const reserved = reservedNames.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));
  return reserved ? 'has a name that is reserved; choose another' : undefined;
}

function valueFaults(value: string): readonly string[] {
  const faults: string[] = [];
  if (value.includes('\0')) faults.push('must not contain a NUL character');
  if (/\p{Surrogate}/u.test(value)) faults.push('must be well-formed Unicode, without a lone surrogate');
  if (Buffer.byteLength(value) > maxValueBytes) faults.push(`must have at most ${maxValueBytes} bytes`);
  return faults;
}

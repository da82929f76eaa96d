import { isObject } from '../../documents/json-object.ts';
import { pointerTo } from '../../documents/json-pointer.ts';
import { unknownMembers } from '../../documents/unknown-members.ts';
import type { Violation } from '../../errors.ts';

/** Reads the members of an object, and notes all that is wrong with them. A member that is null counts as left out. */
export class Members {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #pointer: string;
  readonly #violations: Violation[];

  constructor(object: Readonly<Record<string, unknown>>, pointer: string, violations: Violation[]) {
    this.#object = object;
    this.#pointer = pointer;
    this.#violations = violations;
  }

  refuse(name: string, message: string): void {
    this.#violations.push({ pointer: name === '' ? this.#pointer : this.#pointer + pointerTo(name), message });
  }

  only(known: readonly string[]): void {
    for (const { pointer, message } of unknownMembers(this.#object, known)) {
      this.#violations.push({ pointer: this.#pointer + pointer, message });
    }
  }

  /** Whether it says anything: what is empty does not. */
  has(name: string): boolean {
    return this.#value(name) !== undefined && this.#value(name) !== '';
  }

  /** Undefined for one that is left out, empty, or refused. */
  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string' && !/[\0\p{Cs}]/u.test(value)) return value;
    this.refuse(name, 'must be text');
    return undefined;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && !/[\0\p{Cs}]/u.test(item))) {
      return value as readonly string[];
    }
    this.refuse(name, 'must be a list of texts');
    return undefined;
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.refuse(name, 'must be true or false');
    return false;
  }

  object(name: string): Members | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (isObject(value)) return new Members(value, this.#pointer + pointerTo(name), this.#violations);
    this.refuse(name, 'must be an object');
    return undefined;
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }
}

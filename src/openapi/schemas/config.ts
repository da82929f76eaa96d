import { completeConfig } from '../../functions/function-config-defaults.ts';
import { functionConfigSchema } from '../../functions/function-config-schema.ts';
import { defaultFunctionPolicy, type FunctionPolicy } from '../../functions/function-policy.ts';
import { anything, closed, mapOf, nullable, ref, told, type Schema } from '../schema.ts';

/** The configuration of functions: as it is given, as it is shown, and as it is changed. All made of what the checker of deploys has. */
export function configSchemas(policy: FunctionPolicy): Readonly<Record<string, Schema>> {
  const given = withDefaults({ ...functionConfigSchema(policy) }, completeConfig({ runtime: 'node24' }, policy));
  return {
    FunctionConfig: told('What is left out gets its default', given),
    FunctionConfigPatch: told(
      'A JSON merge patch (RFC 7396): members that are null go back to their defaults, objects are merged',
      patchOf(given),
    ),
    DeployRequest: withMembers(given, { files: ref('Files') }, {}),
    Files: told(
      'Files by their paths: a text, or bytes as {"base64":"…"}',
      mapOf({ anyOf: [{ type: 'string' }, closed({ base64: { type: 'string', contentEncoding: 'base64' } })] }),
    ),
  };
}

/** The members of a configuration in a reply. An operator's limits may have been others when it was deployed, so they have no ranges. */
export function shownConfig(): Schema {
  return shown({ ...functionConfigSchema(defaultFunctionPolicy) }) ?? anything;
}

/** A closed schema with further members. */
export function withMembers(
  schema: Schema,
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>>,
): Schema {
  return {
    ...schema,
    properties: { ...membersOf(schema), ...required, ...optional },
    required: [...requiredOf(schema), ...Object.keys(required)],
  };
}

export function membersOf({ properties = {} }: Schema): Readonly<Record<string, Schema>> {
  return properties as Readonly<Record<string, Schema>>;
}

function requiredOf({ required = [] }: Schema): readonly string[] {
  return required as readonly string[];
}

/** What a configuration need not have in a reply. */
const leftOutAtTimes: ReadonlySet<string> = new Set(['handler', 'dependencies', 'webhook_url', 'webhook_secret']);
const ranges: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxProperties',
  'pattern',
]);

function shown(schema: unknown): Schema | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const kept = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ranges.has(keyword)));
  const { properties, additionalProperties } = kept;
  if (properties === undefined) {
    const values = shown(additionalProperties);
    return values === undefined ? kept : { ...kept, additionalProperties: values };
  }
  const members = Object.entries(membersOf(kept)).map(([name, member]) => [name, shown(member)] as const);
  const required = members.map(([name]) => name).filter((name) => !leftOutAtTimes.has(name));
  return { ...kept, properties: Object.fromEntries(members), ...(required.length > 0 ? { required } : {}) };
}

function withDefaults(schema: Schema, defaults: unknown): Schema {
  const members = Object.entries(membersOf(schema)).map(([name, member]) => {
    const value = requiredOf(schema).includes(name) ? undefined : memberOf(defaults, name);
    if (member['properties'] !== undefined) return [name, withDefaults({ ...member }, value)];
    return [name, value === undefined ? member : { ...member, default: value }];
  });
  return { ...schema, properties: Object.fromEntries(members) as Readonly<Record<string, Schema>> };
}

function memberOf(document: unknown, name: string): unknown {
  return (document as Readonly<Record<string, unknown>> | undefined)?.[name];
}

function patchOf(schema: Schema): Schema {
  const members = Object.entries(membersOf(schema)).map(([name, { default: _default, ...member }]) => {
    const { additionalProperties: values } = member;
    if (member['properties'] !== undefined) return [name, nullable(patchOf(member))] as const;
    if (typeof values !== 'object' || values === null) return [name, nullable(member)] as const;
    return [name, nullable({ ...member, additionalProperties: nullable({ ...values }) })] as const;
  });
  const { required: _required, ...rest } = schema;
  return { ...rest, properties: Object.fromEntries(members) };
}

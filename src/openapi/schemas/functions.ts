import type { AliasDocument, AliasTargetDocument } from '../../wire/alias.ts';
import type { CodeDocument } from '../../wire/function.ts';
import type { ConfigChangeDocument, VersionDifferenceDocument } from '../../wire/version-difference.ts';
import {
  anything,
  closed,
  closedAs,
  count,
  listOf,
  nullable,
  oneWordOf,
  positive,
  ref,
  sha256,
  text,
  time,
  told,
  truth,
  type Schema,
} from '../schema.ts';
import { shownConfig, withMembers } from './config.ts';
import { name } from './name.ts';

const change = told('What the request did', oneWordOf(['created', 'updated', 'unchanged']));
const percent: Schema = { type: 'integer', minimum: 1, maximum: 99 };

/** Functions, their versions and their aliases. */
export function functionSchemas(): Readonly<Record<string, Schema>> {
  const version = withMembers(
    shownConfig(),
    { name, version: positive, code: ref('Code'), created_at: time },
    { updated_at: time },
  );
  const { updated_at: updatedAt, ...others } = version['properties'] as Readonly<Record<string, Schema>>;
  const fn = withMembers({ ...version, properties: others }, { updated_at: updatedAt ?? time }, {});
  const target = { version: positive };
  const share = { other_version: positive, other_percent: percent };
  return {
    Code: closedAs<CodeDocument>({ sha256, bytes: count }, {}),
    Version: told('One version of a function', version),
    Function: told('A function with its newest version', fn),
    DeployReply: withMembers(fn, { outcome: change }, {}),
    VersionDifference: closedAs<VersionDifferenceDocument>(
      {
        name,
        from: positive,
        to: positive,
        code: closed({ same: truth, from: ref('Code'), to: ref('Code') }),
        config: listOf(
          closedAs<ConfigChangeDocument>(
            { pointer: told('A JSON pointer (RFC 6901) to the member that differs', text) },
            { from: anything, to: anything },
          ),
        ),
      },
      {},
    ),
    AliasTarget: {
      ...closedAs<AliasTargetDocument>(target, share),
      dependentRequired: { other_version: ['other_percent'], other_percent: ['other_version'] },
    },
    Alias: closedAs<AliasDocument>(
      {
        ...target,
        function: name,
        alias: name,
        previous: told('Where it led before its last change', nullable(ref('AliasTarget'))),
        revision: positive,
        created_at: time,
        updated_at: time,
      },
      { ...share, outcome: change },
    ),
    RollbackRequest: closed(
      {},
      { to: told('The version to go back to; the one before the newest if left out', positive) },
    ),
  };
}

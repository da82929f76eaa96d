import { namePattern } from '../../documents/name.ts';
import type { Schema } from '../schema.ts';

/** A name that users give. */
export const name: Schema = { type: 'string', pattern: namePattern.source };

/** What has to be so for a change to be made. */
export interface Condition {
  /** Tag of the state that the change is meant for, as `tag` of what was looked at; `*` for any. */
  readonly ifMatch?: string;
}

export interface DeployCondition extends Condition {
  /** Refuses where there is a function of the name. */
  readonly createOnly?: boolean;
}

/** Something with the tag of its present state, for `ifMatch`. */
export interface Tagged<Document> {
  readonly document: Document;
  readonly tag: string | undefined;
}

export function conditionHeaders({ ifMatch, createOnly = false }: DeployCondition): Readonly<Record<string, string>> {
  return {
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
    ...(createOnly ? { 'if-none-match': '*' } : {}),
  };
}

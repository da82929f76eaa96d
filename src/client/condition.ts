/** What has to be so for a change to be made. */
export interface Condition {
  /** Tag of the state that the change is meant for, as `tag` of what was looked at; `*` for any. */
  readonly ifMatch?: string;
}

/** Something with the tag of its present state, for `ifMatch`. */
export interface Tagged<Document> {
  readonly document: Document;
  readonly tag: string | undefined;
}

/** The headers of a change that is meant for one state only. */
export function conditionHeaders({ ifMatch }: Condition): Readonly<Record<string, string>> {
  if (ifMatch === undefined) return {};
  return { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` };
}

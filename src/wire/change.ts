/**
 * What a deploy, or setting an alias, did. `created`: the name is new. `updated`: it got its next version, or leads elsewhere.
 * `unchanged`: what there is says the same already, and nothing was written.
 */
export type Change = 'created' | 'updated' | 'unchanged';

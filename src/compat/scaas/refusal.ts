import type { SraasError } from '../../errors.ts';
import { wholeMessage } from '../whole-message.ts';

/** An answer that is no success, in the form of the service's own: `{"detail": …}`. */
export class ScaasRefusal extends Error {
  override readonly name = 'ScaasRefusal';
  readonly status: number;
  /** A sentence, or a list of what is wrong with the parameters. */
  readonly detail: string | readonly ParameterFault[];

  constructor(status: number, detail: string | readonly ParameterFault[]) {
    super(typeof detail === 'string' ? detail : 'Parameters are wrong or missing.');
    this.status = status;
    this.detail = detail;
  }
}

export interface ParameterFault {
  readonly type: string;
  /** Where it is: `['query', 'function_id']`. */
  readonly loc: readonly [place: 'query' | 'body', name: string];
  readonly msg: string;
}

export function deploymentNotFound(): ScaasRefusal {
  return new ScaasRefusal(404, 'Deployment not found');
}

/** An error as the service's clients read it. */
export function errorForm(error: ScaasRefusal | SraasError): { readonly type: string; readonly body: string } {
  const detail = error instanceof ScaasRefusal ? error.detail : wholeMessage(error);
  return { type: 'application/json', body: JSON.stringify({ detail }) };
}

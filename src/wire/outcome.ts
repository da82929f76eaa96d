/**
 * How a function ended. Data, never an error: a reply with any of these has status 200.
 *
 * - `ok`: it returned a result
 * - `handler_error`: it threw, or rejected
 * - `load_error`: its module is missing, does not parse, lacks the export, or threw while it was imported
 * - `bad_result`: what it returned is not JSON
 * - `timeout`: the time limit passed, and it was killed
 * - `out_of_memory`: it needed more memory than its limit
 * - `output_too_large`: its result is over the limit
 * - `exited`: its process ended by itself, by an exit code or a signal
 * - `protocol_violation`: something in its sandbox misused the channel to the host
 */
export type Outcome = (typeof outcomes)[number];

export const outcomes = [
  'ok',
  'handler_error',
  'load_error',
  'bad_result',
  'timeout',
  'out_of_memory',
  'output_too_large',
  'exited',
  'protocol_violation',
] as const;

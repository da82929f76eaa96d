/** A reply of functron's API. */
export interface ExecDocument {
  readonly Errors: readonly string[];
  readonly BuildContextStdout: string;
  readonly BuildContextStderr: string;
  readonly CmdOut: string;
  readonly CmdErr: string;
  readonly TempName?: string;
  readonly DetailedError?: string;
}

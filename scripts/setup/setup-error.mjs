/** A foreseeable failure of set-up: told in a sentence, without a stack. Exit code 3 is a platform problem, 2 wrong usage. */
export class SetupError extends Error {
  constructor(message, exitCode = 3) {
    super(message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}

/** Runs a script's whole work and turns how it ended into an exit code; `work` may resolve with one of its own. */
export async function runScript(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}

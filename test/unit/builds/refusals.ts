import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { SraasError } from '../../../src/errors.ts';

/** Every sentence that a Dockerfile is refused with; none when it is accepted. */
export function refusals(dockerfile: string): readonly string[] {
  try {
    planDockerfile(dockerfile, 'amd64');
    return [];
  } catch (error) {
    if (!(error instanceof SraasError) || error.code !== 'BUILD_REFUSED') throw error;
    return error.violations.map(({ message }) => message);
  }
}

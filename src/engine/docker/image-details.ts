import type Docker from 'dockerode';
import type { ImageDetails } from '../build.ts';

/** Members that engines leave out, or answer null for, when there is nothing to say. */
interface ImageConfig {
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Entrypoint?: readonly string[] | string | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string | null;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly OnBuild?: readonly string[] | null;
}

/** Reads `GET /images/{name}/json`. */
export function imageDetails(answer: Docker.ImageInspectInfo): ImageDetails {
  const config = (answer.Config as ImageConfig | null) ?? {};
  const { RepoTags: references } = answer as { readonly RepoTags?: readonly string[] | null };
  return {
    id: answer.Id,
    references: references ?? [],
    labels: config.Labels ?? {},
    sizeBytes: answer.Size,
    layers: (answer.RootFS.Layers ?? []).length,
    operatingSystem: answer.Os,
    architecture: answer.Architecture,
    entryPoint: [config.Entrypoint ?? []].flat(),
    command: config.Cmd ?? [],
    environment: Object.fromEntries((config.Env ?? []).map(assignment)),
    workingDirectory: config.WorkingDir ?? '',
    volumes: Object.keys(config.Volumes ?? {}),
    triggers: config.OnBuild ?? [],
  };
}

function assignment(line: string): [name: string, value: string] {
  const end = line.indexOf('=');
  return end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)];
}

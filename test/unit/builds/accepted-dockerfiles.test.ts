import { describe, expect, it } from 'vitest';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';

/** What the engine would be told, without the stages. */
function instructions(dockerfile: string): readonly string[] {
  return planDockerfile(dockerfile, 'amd64').steps.map((step) =>
    step.kind === 'stage' ? `FROM stage ${step.index}` : `${step.keyword} ${step.text}`,
  );
}

describe('Dockerfiles as people write them', () => {
  it('install system packages over several lines, with comments and empty lines between', () => {
    const dockerfile = [
      '# my runtime',
      'FROM python:3.13-slim',
      '',
      'RUN apt-get update \\',
      '    # what the extension needs',
      '    && apt-get install -y --no-install-recommends gcc \\',
      '',
      '    && rm -rf /var/lib/apt/lists/*',
      'COPY requirements.txt ./',
      'RUN pip install --no-cache-dir -r requirements.txt',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ].join('\r\n');
    expect(instructions(dockerfile)).toEqual([
      'FROM stage 0',
      'RUN apt-get update     && apt-get install -y --no-install-recommends gcc     && rm -rf /var/lib/apt/lists/*',
      'COPY requirements.txt ./',
      'RUN pip install --no-cache-dir -r requirements.txt',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ]);
  });

  it('compile in one stage and copy from it by name or number, in any case of letters', () => {
    const dockerfile = `from golang:1.24 as Build
WORKDIR /src
COPY --chown=1000:1000 main.go .
RUN go build -o /app .
FROM scratch
COPY --from=build /app /app
FROM debian:12-slim
COPY --from=1 /app /usr/local/bin/app
COPY ["a file", "/data/"]
ENTRYPOINT ["app"]`;
    expect(instructions(dockerfile)).toEqual([
      'FROM stage 0',
      'WORKDIR /src',
      'COPY --chown=1000:1000 main.go .',
      'RUN go build -o /app .',
      'FROM stage 1',
      'COPY --from=0 /app /app',
      'FROM stage 2',
      'COPY --from=1 /app /usr/local/bin/app',
      'COPY ["a file", "/data/"]',
      'ENTRYPOINT ["app"]',
    ]);
  });

  it('build one stage on another', () => {
    const { stages } = planDockerfile('FROM a/b:1 AS base\nFROM base AS test\nFROM TEST\n', 'amd64');
    expect(stages.map(({ base }) => base)).toEqual([
      { kind: 'image', reference: 'a/b:1' },
      { kind: 'stage', index: 0 },
      { kind: 'stage', index: 1 },
    ]);
  });

  it('set variables, labels, users and shells in every form', () => {
    const dockerfile = `FROM debian
ARG VERSION=1 TARGETARCH
ENV A=1 B="two words" C=three\\ words PATH="/opt/bin:$PATH"
ENV OLD the older form
LABEL org.example.a="b" c=d
LABEL maintainer "Somebody <a@b.example>"
MAINTAINER Somebody
EXPOSE 80/tcp
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN echo $((1 << 3)) "<<" | cat <<< text
USER 1000:1000
ENTRYPOINT []
CMD echo "$A"`;
    expect(instructions(dockerfile)).toEqual([
      'FROM stage 0',
      'ARG VERSION=1',
      'ARG TARGETARCH=amd64',
      'ENV A=1 B="two words" C=three\\ words PATH="/opt/bin:$PATH"',
      'ENV OLD the older form',
      'LABEL org.example.a="b" c=d',
      'LABEL maintainer "Somebody <a@b.example>"',
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
      'RUN echo $((1 << 3)) "<<" | cat <<< text',
      'USER 1000:1000',
      'ENTRYPOINT []',
      'CMD echo "$A"',
    ]);
  });

  it('work out a WORKDIR of known variables, and keep a relative one', () => {
    const dockerfile = 'FROM a\nENV HOME=/home/me\nARG SUB=src\nWORKDIR "$HOME/app"\nWORKDIR ${SUB}\nRUN pwd\n';
    expect(instructions(dockerfile).filter((line) => line.startsWith('WORKDIR'))).toEqual([
      'WORKDIR /home/me/app',
      'WORKDIR src',
    ]);
  });

  it.each(['$BUILDPLATFORM', '${TARGETPLATFORM}', 'linux/amd64'])('name their own platform: %s', (platform) => {
    const { stages } = planDockerfile(`FROM --platform=${platform} debian:12 AS build`, 'amd64');
    expect(stages).toEqual([{ line: 1, base: { kind: 'image', reference: 'debian:12' } }]);
  });

  it.each([
    'debian',
    'debian:12',
    'library/debian',
    'team/sub/image:v1.2_3-x',
    'registry.example:5000/team/image:tag',
    'localhost/image',
    `debian@sha256:${'a'.repeat(64)}`,
    `debian:12@sha256:${'a'.repeat(64)}`,
    'sraas/base-debian:abc',
  ])('are built on %s', (reference) => {
    const [stage] = planDockerfile(`FROM ${reference}`, 'amd64').stages;
    expect(stage?.base).toEqual({ kind: 'image', reference });
  });

  it('say which lines copy files of the context', () => {
    const dockerfile = 'FROM a AS x\nCOPY one /\nFROM b\nCOPY --from=x /one /\nCOPY two \\\n three /\n';
    expect(planDockerfile(dockerfile, 'amd64').contextLines).toEqual([2, 5]);
  });

  it('may begin with a byte order mark and an escape directive that changes nothing', () => {
    expect(instructions('\uFEFF# escape=\\\nFROM debian\n')).toEqual(['FROM stage 0']);
  });
});

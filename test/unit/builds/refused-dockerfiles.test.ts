import { describe, expect, it } from 'vitest';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { refusals } from './refusals.ts';

describe('an instruction that is refused', () => {
  it.each([
    ['ADD http://169.254.169.254/latest /x', /^Line 2: ADD can fetch from anywhere/],
    ['aDd x /y', /^Line 2: ADD can fetch/],
    ['A\\\nDD x /y', /^Line 2: ADD can fetch/],
    ['ADD --checksum=sha256:0 https://a.example/x /y', /^Line 2: ADD can fetch/],
    ['ONBUILD RUN id', /^Line 2: ONBUILD /],
    ['VOLUME /data', /^Line 2: VOLUME /],
    ['HEALTHCHECK CMD true', /^Line 2: HEALTHCHECK /],
    ['STOPSIGNAL SIGTERM', /^Line 2: STOPSIGNAL /],
    ['RUN --mount=type=cache,target=/x id', /^Line 2: RUN has the flag "--mount=type=cache,target=\/x"/],
    ['RUN --network=host id', /^Line 2: RUN has the flag/],
    ['RUN --security=insecure id', /^Line 2: RUN has the flag/],
    ['RUN --device=/dev/kvm id', /^Line 2: RUN has the flag/],
    ['RUN \\\n  --mount=type=secret,id=x cat', /^Line 2: RUN has the flag/],
    ['RUN', /^Line 2: RUN has no command/],
    ['RUN <<EOF\necho hi\nEOF', /^Line 2: RUN has a here-document/],
    ['RUN cat <<-"EOF" > /x\nhi\nEOF', /^Line 2: RUN has a here-document/],
    ['RUN ${X:-<<EOF}\nhi\nEOF', /^Line 2: RUN has a here-document/],
    ['COPY <<EOF /x\nhi\nEOF', /^Line 2: COPY has a here-document/],
    ['COPY --from=nginx /a /b', /^Line 2: COPY copies from "nginx", which is no earlier stage/],
    ['COPY --from=0 /a /b', /^Line 2: COPY copies from "0", which is no earlier stage/],
    ['COPY --from=$STAGE /a /b', /^Line 2: COPY copies from "\$STAGE"/],
    ['COPY --from=47ef3ea2caed /a /b', /^Line 2: COPY copies from "47ef3ea2caed"/],
    ['COPY --chmod=755 a /b', /^Line 2: COPY has the flag --chmod/],
    ['COPY --link a /b', /^Line 2: COPY has the flag "--link"/],
    ['COPY ../../etc/passwd /x', /^Line 2: COPY copies "..\/..\/etc\/passwd", which is outside/],
    ['COPY a/../../b /x', /^Line 2: COPY copies .* which is outside/],
    ['COPY ["../b", "/x"]', /^Line 2: COPY copies "..\/b", which is outside/],
    ['COPY https://a.example/x /x', /^Line 2: COPY copies from "https:.*only files of the build context/],
    ['COPY git@a.example:x /x', /^Line 2: COPY copies from "git@/],
    ['COPY onlyone', /^Line 2: COPY needs what to copy and where to/],
    ['WORKDIR /proc/self/fd/8', /^Line 2: WORKDIR .* folders of the kernel/],
    ['WORKDIR /app/../proc/self', /^Line 2: WORKDIR .* folders of the kernel/],
    ['WORKDIR proc/self/fd/8', /^Line 2: WORKDIR .* folders of the kernel/],
    ['WORKDIR //proc//self', /^Line 2: WORKDIR .* folders of the kernel/],
    ['WORKDIR /app\nWORKDIR ../dev', /^Line 3: WORKDIR .* folders of the kernel/],
    ['ENV X=/proc/self\nWORKDIR $X', /^Line 3: WORKDIR .* folders of the kernel/],
    ['WORKDIR $UNKNOWN/x', /^Line 2: WORKDIR .* only known while building/],
    ['ENV X=$Y\nWORKDIR $X', /^Line 3: WORKDIR .* only known while building/],
    ['WORKDIR /a\\b', /^Line 2: WORKDIR .* only known while building/],
    ['WORKDIR', /^Line 2: WORKDIR /],
    ['LABEL sraas.build=1', /^Line 2: LABEL sets "sraas.build"/],
    ['LABEL a=b "SRAAS.managed"=x', /^Line 2: LABEL sets "SRAAS.managed"/],
    ['LABEL sra"as".build=1', /^Line 2: LABEL has the name/],
    ['LABEL sraas\\.build=1', /^Line 2: LABEL has the name/],
    ['LABEL $X=1', /^Line 2: LABEL has the name "\$X"/],
    ["LABEL a='\\' sraas.build=1 b='", /^Line 2: LABEL /],
    ['LABEL sraas.build evil', /^Line 2: LABEL sets "sraas.build"/],
    ['ENV X', /^Line 2: ENV gives "X" no value/],
    ['ENV A=1 B', /^Line 2: ENV has "B" where/],
    ['ENV', /^Line 2: ENV needs/],
    ['ARG 1x', /^Line 2: ARG declares "1x"/],
    ['ARG', /^Line 2: ARG needs a name/],
    ['SHELL /bin/bash', /^Line 2: SHELL needs a list/],
    ['USER a b', /^Line 2: USER needs one name/],
    ['USER', /^Line 2: USER needs one name/],
    ['CMD', /^Line 2: CMD has no command/],
    ['INCLUDE x', /^Line 2: INCLUDE is no instruction/],
    ['echo hello', /^Line 2: ECHO is no instruction/],
    ['&& echo hello', /^Line 2: && is no instruction; the line above may lack a backslash/],
    ['RUN echo \\\\', /^Line 2: ends in a backslash/],
    ['RUN echo \\\\\nRUN id', /^Line 2: ends in a backslash/],
    [`RUN echo ${'x'.repeat(66_000)}`, /^Line 2: is longer than 65000 bytes/],
  ])('%j says its line and why', (instruction, expected) => {
    const found = refusals(`FROM debian\n${instruction}\n`);
    expect(
      found.some((sentence) => expected.test(sentence)),
      JSON.stringify(found),
    ).toBe(true);
  });
});

describe('a FROM that is refused', () => {
  it.each([
    ['FROM ${BASE}', /computes its image/],
    ['ARG B=debian\nFROM $B', /computes its image/],
    ['FROM debian:${TAG}', /computes its image/],
    ['FROM', /is not of the form/],
    ['FROM debian build', /is not of the form/],
    ['FROM debian AS', /is not of the form/],
    ['FROM debian AS a b', /is not of the form/],
    ['FROM debian AS 1a', /names its stage "1a"/],
    ['FROM debian AS a\nFROM debian AS A', /an earlier one has/],
    ['FROM Debian', /no reference of an image/],
    ['FROM debian:', /no reference of an image/],
    ['FROM http://a.example/x', /no reference of an image/],
    ['FROM ../x', /no reference of an image/],
    ['FROM sraas/built:0123', /was built here/],
    ['FROM registry.example/sraas/built:0123', /was built here/],
    ['FROM --platform=windows/amd64 debian', /linux\/amd64 only/],
    ['FROM --platform=linux/arm64 debian', /linux\/amd64 only/],
    ['FROM --x=y debian', /has the flag "--x=y"/],
  ])('%j', (dockerfile, expected) => {
    expect(refusals(dockerfile).join('\n')).toMatch(expected);
  });

  it('cannot name the stage that it begins', () => {
    expect(planDockerfile('FROM a AS b\nFROM c', 'amd64').stages).toHaveLength(2);
    expect(refusals('FROM debian AS x\nCOPY --from=x a b')).toHaveLength(1);
  });
});

describe('a whole that is refused', () => {
  it('has every place named at once, in the order of its lines', () => {
    const found = refusals('# syntax=docker/dockerfile:1\nFROM debian\nADD a b\nRUN id\nVOLUME /x\nWORKDIR /proc\n');
    expect(found.map((sentence) => sentence.slice(0, 7))).toEqual(['Line 1:', 'Line 3:', 'Line 5:', 'Line 6:']);
  });

  it.each(['# syntax=docker/dockerfile:1', '#syntax = x', '# SYNTAX=x'])('by its directive %j', (directive) => {
    expect(refusals(`${directive}\nFROM debian\n`)).toEqual([
      'Line 1: `# syntax=` names a program that would read this file instead; leave the line out.',
    ]);
  });

  it('by another escape character, with nothing said of lines that it would change', () => {
    expect(refusals('# escape=`\nFROM debian\nRUN a `\nb\n')).toEqual([
      'Line 1: `# escape=` changes how this file is read; leave the line out and escape with a backslash.',
    ]);
  });

  it('by more instructions than are built', () => {
    expect(refusals(`FROM debian\n${'ENV A=1\n'.repeat(150)}`)).toEqual([
      'The Dockerfile has 151 instructions; at most 150 are built.',
    ]);
  });

  it('by more layers than an image may have', () => {
    expect(refusals(`FROM debian\n${'RUN id\n'.repeat(70)}`)).toEqual([
      'Line 66: RUN is the 65th layer of its stage; at most 64 are built: join several RUN with `&&`.',
    ]);
  });

  it('by an instruction before the first FROM, or by none', () => {
    expect(refusals('ARG A=1\nRUN id\nFROM debian')).toEqual([
      'Line 2: RUN comes before the first FROM; only ARG may.',
    ]);
    expect(refusals('ARG A=1')).toEqual(['The Dockerfile has no FROM, which says what to build on.']);
  });
});

describe('what is no Dockerfile', () => {
  it.each([
    ['', /no instructions/],
    [' \n\n', /no instructions/],
    ['# only a comment\n', /no instructions/],
    ['FROM debian\nRUN echo \u0000', /^Line 2: has a control character \(U\+0000\)/],
    ['FROM debian\rRUN id', /^Line 1: has a control character \(U\+000D\)/],
    ['FROM debian\nRUN echo \u001B[2J', /^Line 2: has a control character \(U\+001B\)/],
    ['FROM debian\nLABEL a=1\u0085sraas.build=2', /^Line 2: has a control character \(U\+0085\)/],
    ['FROM \uFFFDdebian', /not text in UTF-8/],
    ['FROM \uD800debian', /not text in UTF-8/],
    ['x'.repeat(10_000_000), /has 10000000 bytes; at most 131072 are accepted/],
    ['{"json": true}', /is no instruction/],
    ['<!doctype html>', /is no instruction/],
  ])('%.40j gets one clear sentence', (text, expected) => {
    const found = refusals(text);
    expect(found.join('\n')).toMatch(expected);
  });
});

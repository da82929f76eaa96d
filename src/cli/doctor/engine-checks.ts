import type { EngineInfo } from '../../engine/engine.ts';
import type { Facts } from './facts.ts';
import { ok, problem, warning, type Check, type Finding } from './finding.ts';
import { atLeast } from './version.ts';

export const checkEngine: Check = ({ engine }) => {
  const name = 'engine';
  if (engine.answer.reached) return ok(name, `answers at ${engine.address}`);
  const detail = `${engine.address}: ${engine.answer.message}`;
  switch (engine.answer.code) {
    case 'permission_denied':
      return ok(name, `is at ${engine.address}`);
    case 'timeout':
      return problem(name, detail, 'The engine is there but hangs.', 'sudo systemctl restart docker');
    case 'unreachable':
      return problem(name, detail, 'Without a container engine nothing can run.', 'npm run up');
    case 'image_not_found':
    case 'container_not_found':
    case 'network_not_found':
    case 'conflict':
    case 'build_failed':
    case 'refused':
      return problem(name, detail, 'What answers there is no engine that works.', 'docker info');
    default:
      return engine.answer.code satisfies never;
  }
};

export const checkEnginePermission: Check = ({ engine: { address, answer } }) => {
  const name = 'engine permission';
  if (answer.reached) return ok(name, 'this user may speak to the engine');
  if (answer.code !== 'permission_denied') return undefined;
  const reason = 'This user may not use the socket; whoever may has the rights of root, so give it to few.';
  return problem(name, `no access to ${address}`, reason, 'sudo usermod -aG docker "$USER" && newgrp docker');
};

/**
 * CVE-2026-41567: before 29.5.1 the daemon ran, as root of the host, a decompressor that it found in the container when
 * a compressed archive was copied in.
 */
export const checkEngineVersion: Check = onEngine(({ version }) => {
  const name = 'engine version';
  if (atLeast(version, '29.5.1')) return ok(name, version);
  const reason =
    'Engines before 29.5.1 could be made to run a program out of a container as root of this machine while copying ' +
    'files (CVE-2026-41567); the platform never copies that way, but other users of the engine may.';
  return warning(
    name,
    `${version} is older than 29.5.1`,
    reason,
    'sudo apt-get install --only-upgrade docker-ce docker.io',
  );
});

export const checkCgroups: Check = onEngine(({ cgroupVersion }) => {
  const name = 'control groups';
  if (cgroupVersion === 2) return ok(name, 'version 2');
  const reason = 'Version 1 kills one process of a sandbox that runs out of memory where version 2 can end them all.';
  return warning(name, 'version 1', reason, 'boot with systemd.unified_cgroup_hierarchy=1 on the kernel command line');
});

export const checkSeccomp: Check = onEngine((info) => {
  const name = 'seccomp';
  if (hasFeature(info, 'seccomp')) return ok(name, 'supported');
  const reason = 'Without it handlers can make every system call, so the engine refuses our profile.';
  return problem(name, 'not supported', reason, "docker info --format '{{.SecurityOptions}}'");
});

export const checkAccessControl: Check = onEngine((info) => {
  const name = 'AppArmor or SELinux';
  const active = ['apparmor', 'selinux'].filter((feature) => hasFeature(info, feature));
  if (active.length > 0) return ok(name, active.join(' and '));
  const reason = 'A second rule set of the kernel would hold where another barrier fails.';
  return warning(name, 'neither is active', reason, 'sudo apt-get install apparmor && sudo systemctl restart docker');
});

export const checkLimits: Check = onEngine(({ limits }) => {
  const name = 'limits';
  const missing = (['memory', 'pids', 'cpu', 'swap'] as const).filter((limit) => !limits[limit]);
  if (missing.length === 0) return ok(name, 'memory, swap, processes and CPU can be limited');
  const detail = `not supported: ${missing.join(', ')}`;
  const command = 'boot with cgroup_enable=memory swapaccount=1 on the kernel command line';
  const reason = 'A handler could use up what cannot be limited.';
  const needed = missing.some((limit) => limit === 'memory' || limit === 'pids');
  return needed ? problem(name, detail, reason, command) : warning(name, detail, reason, command);
});

export const checkUserNamespaces: Check = onEngine((info) => {
  const name = 'user namespaces';
  if (hasFeature(info, 'rootless')) return ok(name, 'rootless engine');
  if (hasFeature(info, 'userns')) return ok(name, 'remapped');
  const reason = "A sandbox's user ids are those of this machine, so an escape would have a real user's id.";
  return warning(name, 'neither remapped nor rootless', reason, 'dockerd-rootless-setuptool.sh install');
});

export const checkEngineRuntime: Check = (facts) =>
  onEngine(({ runtimes, defaultRuntime }) => {
    const name = 'engine runtime';
    const wanted = facts.wantedEngineRuntime;
    if (wanted === '') return ok(name, `${defaultRuntime}, the engine's own`);
    if (runtimes.includes(wanted)) return ok(name, wanted);
    const reason = `Sandboxes are set to run under ${wanted}; the engine has ${runtimes.join(', ')}.`;
    return problem(name, `${wanted} is not there`, reason, 'unset SRAAS_ENGINE_RUNTIME');
  })(facts);

export const checkImages: Check = ({ images }) => {
  const name = 'runtime images';
  if (images === undefined) return undefined;
  const missing = images.filter(({ ready }) => !ready).map(({ runtime }) => runtime);
  if (missing.length === 0) return ok(name, images.map(({ runtime }) => runtime).join(', '));
  const detail = `missing: ${missing.join(', ')}`;
  const command = `npx sraas images build ${missing.join(' ')}`;
  const none = missing.length === images.length;
  const reason = none ? 'Without an image no function can run.' : 'Functions of these runtimes cannot run.';
  return none ? problem(name, detail, reason, command) : warning(name, detail, reason, command);
};

/** The engine lists features like `seccomp` or as `name=seccomp,profile=default`, depending on its version. */
function hasFeature({ securityFeatures }: EngineInfo, feature: string): boolean {
  return securityFeatures.some((entry) => entry.replace(/^name=/, '').split(',')[0] === feature);
}

/** A judgement that needs the engine's own words. */
function onEngine(judge: (info: EngineInfo) => Finding): Check {
  return ({ engine: { answer } }: Facts) => (answer.reached ? judge(answer.info) : undefined);
}

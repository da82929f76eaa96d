import type { PackageManager } from './package-manager.ts';

/** Where an install's container has things. */
export const installPaths = {
  /** What it reads, read-only. */
  upload: '/upload',
  /** The one place for its work, gone with it. Programs in it may run: packages come with install scripts. */
  work: '/install',
  /** Certificates of authorities that the operator trusts besides the image's own. */
  certificates: '/etc/sraas-certificates.pem',
} as const;

/** A file in what comes out that says that nothing is missing, and is no part of any package. */
export const completeMark = '.sraas-installed';

/** Exit codes of the script itself, beside those of the package manager. */
export const scriptExitCodes = { copy: 90, pack: 91 } as const;

const commands: Readonly<Record<PackageManager, string>> = {
  // Links to programs are made, because install scripts call them, and taken away afterwards: an artifact holds no links.
  npm: `rm -rf node_modules
npm ci --omit=dev --install-links --foreground-scripts --no-audit --no-fund --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=10000 --no-progress --no-update-notifier --color=false --loglevel=http --logs-max=0 --cache=/install/cache >&2`,
  // Without -P the upload's own files would come before pip.
  pip: `python3 -P -m pip install --target /install/out --requirement requirements.txt --no-compile --no-cache-dir --no-input --no-color --progress-bar=off --disable-pip-version-check >&2`,
};

const packing: Readonly<Record<PackageManager, string>> = {
  npm: `mkdir -p node_modules
find node_modules -type d -name .bin -prune -exec rm -rf {} +
rm -f node_modules/.package-lock.json
tar -C /install/app -cf - node_modules -C /install ${completeMark} >&3 || exit ${scriptExitCodes.pack}`,
  pip: `mkdir -p /install/out
rm -rf /install/out/bin
tar -C /install/out -cf - . -C /install ${completeMark} >&3 || exit ${scriptExitCodes.pack}`,
};

/**
 * The shell script of an install: what is told goes to stderr, and the packages come out of stdout as a tar. It ends with the exit
 * code of the package manager when that fails. Whatever is still running when it has ended is killed before anything is packed.
 */
export function installScript(manager: PackageManager): string {
  return `set -u
exec 3>&1 1>&2
mkdir -p /install/app /install/home /install/tmp && cp -r ${installPaths.upload}/. /install/app && chmod -R u+rwX /install/app && cd /install/app || exit ${scriptExitCodes.copy}
(
exec 3>&-
${commands[manager]}
) || exit $?
kill -KILL -1 2>/dev/null
touch /install/${completeMark} || exit ${scriptExitCodes.pack}
${packing[manager]}
`;
}

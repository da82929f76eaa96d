import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSwitches } from './setup/options.mjs';
import { lastLines, runQuietly } from './setup/program.mjs';
import { project } from './setup/project.mjs';
import { runScript, SetupError } from './setup/setup-error.mjs';
import { WeakTree } from './weaken/weak-tree.mjs';
import { weakenings } from './weaken/weakenings.mjs';

const golden = 'test/unit/sandboxes/container-spec.test.ts';
const engineFiles = [...new Set(weakenings.map(({ file }) => file))];

await runScript(async () => {
  const switches = readSwitches({
    usage: 'npm run weaken [-- --unit]',
    summary: 'Weakens the containers of sandboxes in one way after the other, in a copy, and tells which test notices.',
    switches: { unit: 'Runs no tests that need the engine' },
  });
  if (switches === undefined) return 0;
  const tree = await WeakTree.make();
  try {
    await requireAll(tree);
    await requireGreen(tree, switches.unit ? [golden] : [golden, ...engineFiles]);
    const unnoticed = [];
    for (const weakening of weakenings) {
      if (!(await tell(tree, weakening, switches))) unnoticed.push(weakening.field);
    }
    console.log(
      unnoticed.length === 0
        ? `All ${weakenings.length} weakenings were noticed.`
        : `Not noticed: ${unnoticed.join(', ')}.`,
    );
    return unnoticed.length === 0 ? 0 : 1;
  } finally {
    await tree.remove();
  }
});

/** A field that nobody thought of weakening is a field that nobody has tested. */
async function requireAll(tree) {
  const known = new Set(weakenings.map(({ field }) => field));
  const fields = await tree.fields();
  const missing = fields.filter((field) => !known.has(field));
  if (missing.length > 0) throw new SetupError(`There is no weak value for ${missing.join(', ')}.`, 1);
  const gone = [...known].filter((field) => !fields.includes(field));
  if (gone.length > 0) throw new SetupError(`A specification no longer has ${gone.join(', ')}.`, 1);
}

/** A test that fails anyway would notice everything. */
async function requireGreen(tree, files) {
  for (const file of files) {
    const { failed, passed } = await run(tree, file);
    if (failed.length > 0) throw new SetupError(`${file} fails without any weakening: ${failed[0]}`, 1);
    console.log(`${file}: ${passed} tests pass`);
  }
}

/** Prints one line about one weakening. Resolves with whether it was noticed as it should be. */
async function tell(tree, weakening, { unit }) {
  await tree.weaken(weakening);
  const inUnit = (await run(tree, golden)).failed[0];
  const inEngine = unit ? undefined : await noticedByEngine(tree, weakening);
  await tree.restore();
  const { field, weak } = weakening;
  const say = (test) => (test === undefined ? 'NOT NOTICED' : test);
  console.log(`${field} · ${weak}\n    unit: ${say(inUnit)}${unit ? '' : `\n    engine: ${say(inEngine)}`}`);
  return unit ? inUnit !== undefined : inEngine !== undefined;
}

/** Asks the test that should notice first, then the whole files, the cheapest first. */
async function noticedByEngine(tree, { file, title }) {
  const { failed, passed } = await run(tree, file, title);
  if (failed.length > 0) return failed[0];
  if (passed === 0) throw new SetupError(`${file} has no test that begins with: ${title}`, 1);
  for (const other of engineFiles) {
    const [noticed] = (await run(tree, other)).failed;
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

async function run(tree, file, title) {
  const report = join(tree.directory, 'report.json');
  await rm(report, { force: true });
  const filter = title === undefined ? [] : ['--testNamePattern', title];
  const { output } = await runQuietly(process.execPath, [
    join(project, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--root', tree.directory, join(tree.directory, file), ...filter],
    ...['--reporter', 'json', '--outputFile', report],
  ]);
  const text = await readFile(report, 'utf8').catch(() => {
    throw new SetupError(`${file} could not be run:\n${lastLines(output, 20)}`, 1);
  });
  const results = JSON.parse(text).testResults;
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  // A file whose set-up fails has no failed test, and has noticed all the same.
  const broken = results.filter(({ status }) => status === 'failed').map(({ name }) => `the set-up of ${name}`);
  return {
    failed: failed.length > 0 ? failed : broken,
    passed: tests.filter(({ status }) => status === 'passed').length,
  };
}

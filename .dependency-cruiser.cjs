// The import rules of docs/architecture.md. A room not named as allowed is forbidden.
const only = (from, ...to) => ({
  name: `${from}-sees-only`,
  severity: 'error',
  comment: `src/${from} may import: ${to.join(', ')}`,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...leaves, ...to.map((room) => `^src/${room}`)] },
});
// What every room may use: the table of error codes and how to tell system errors apart, the marks for tests that kill, work done
// every now and then, and what has files outlive a loss of power.
const leaves = ['errors', 'errno', 'failpoints', 'repeat', 'durable'].map((file) => `^src/${file}\\.ts$`);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'src-sees-only-the-protocol',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^runtime/', pathNot: '^runtime/protocol\\.ts$' },
    },
    {
      name: 'runtime-sees-only-itself',
      severity: 'error',
      from: { path: '^runtime/' },
      to: { pathNot: ['^runtime/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'only-the-adapter-knows-dockerode',
      severity: 'error',
      from: { pathNot: '^src/engine/docker/' },
      to: { path: 'node_modules/(@types/)?dockerode' },
    },
    {
      name: 'adapters-are-made-in-the-composition-root',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/platform/', '^src/cli/', '^src/engine/docker/', '^src/store/(sqlite|postgres)/'],
      },
      to: { path: ['^src/engine/docker/', '^src/store/(sqlite|postgres)/'] },
    },
    only('engine'),
    only('documents'),
    // The documents of the API, for both of its ends.
    only('wire'),
    only('artifacts', 'documents'),
    only(
      'store',
      'functions',
      'artifacts',
      'runtimes',
      'history',
      'idempotency',
      'invocations',
      'schedules',
      'secrets',
      'async',
      'servers',
      'wire',
    ),
    only('async', 'functions', 'artifacts', 'history', 'idempotency', 'invocations', 'networks', 'sandboxes', 'wire'),
    only('servers', 'artifacts'),
    only('functions', 'artifacts', 'documents', 'idempotency', 'runtimes', 'wire'),
    only('secrets', 'documents', 'functions'),
    only('schedules', 'async', 'documents', 'functions', 'history', 'wire'),
    only('builds', 'engine', 'artifacts'),
    only('runtimes', 'engine', 'builds', 'artifacts', 'documents'),
    only('dependencies', 'artifacts', 'builds', 'engine', 'functions', 'runtimes', 'sandboxes'),
    only('networks', 'engine', 'runtimes', 'sandboxes'),
    only('sandboxes', 'engine', 'functions', 'runtimes'),
    only('invocations', 'documents', 'functions', 'sandboxes', 'artifacts', 'runtimes', 'wire'),
    only('history', 'functions', 'invocations', 'sandboxes', 'wire'),
    only(
      'http',
      'documents',
      'functions',
      'runtimes',
      'invocations',
      'artifacts',
      'history',
      'idempotency',
      'schedules',
      'secrets',
      'async',
      'wire',
    ),
    only('idempotency'),
    only('client', 'wire'),
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^(src|runtime)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(src|runtime)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};

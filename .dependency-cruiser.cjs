/**
 * Dependency rules of docs/architecture.md. Tests, contract suites and fixtures are exempt: they combine adapters.
 */
const production = { pathNot: '\\.(test|contract|fixtures|arbitraries)\\.ts$' };
const adapter = '^src/infrastructure/(driving|driven)/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/', ...production },
      to: { pathNot: '^(src/domain/|(node:)?crypto$)' },
    },
    {
      name: 'only-the-draw-hashes',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: ['^src/domain/draw\\.ts$', production.pathNot] },
      to: { path: 'crypto$' },
    },
    {
      name: 'application-imports-domain-and-lib-only',
      severity: 'error',
      from: { path: '^src/application/', ...production },
      to: { path: '^src/', pathNot: '^src/(application|domain|lib)/' },
    },
    {
      name: 'application-has-no-technology',
      severity: 'error',
      from: { path: '^src/application/', ...production },
      to: { path: 'node_modules/(kafkajs|ioredis|avsc|fastify|pg|jose|@kafkajs)' },
    },
    {
      name: 'ports-import-domain-and-errors-only',
      severity: 'error',
      from: { path: '^src/application/ports/', ...production },
      to: { path: '^src/', pathNot: '^src/(domain/|application/ports/|application/errors\\.ts$)' },
    },
    {
      name: 'lib-imports-no-project-code',
      severity: 'error',
      from: { path: '^src/lib/', ...production },
      to: { path: '^src/', pathNot: '^src/lib/' },
    },
    {
      name: 'no-adapter-imports-another',
      comment: 'Covers driving and driven adapters: each imports only its own folder.',
      severity: 'error',
      from: { path: adapter, ...production },
      to: { path: '^src/infrastructure/', pathNot: '^src/infrastructure/$1/$2/' },
    },
    {
      name: 'only-composition-knows-adapters',
      severity: 'error',
      from: { path: '^src/(domain|application|infrastructure|config|lib)/', ...production },
      to: { path: '^src/(composition/|[^/]+\\.ts$)' },
    },
    {
      name: 'root-holds-main-and-cli-only',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/(main|cli)\\.ts$' },
      to: {},
    },
    {
      name: 'tools-are-not-shipped',
      severity: 'error',
      from: { path: '^src/', ...production },
      to: { path: '^(tools|bench|test|examples|apps|clients)/' },
    },
    { name: 'no-unresolved-import', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

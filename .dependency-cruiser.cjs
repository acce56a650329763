/** Who may know whom (docs/architecture.md). Tests and suites may cross: they put things together. */
const production = { pathNot: '\\.(test|suite|given|arbitrary)\\.ts$' };
const adapter = '^src/infrastructure/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-knows-nothing',
      comment: 'The fold is pure: of everything outside it uses createHash alone, for the draw.',
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
      name: 'application-knows-no-adapter',
      severity: 'error',
      from: { path: '^src/application/', ...production },
      to: { path: '^src/(infrastructure/|[^/]+\\.ts$)' },
    },
    {
      name: 'application-knows-no-technology',
      severity: 'error',
      from: { path: '^src/application/', ...production },
      to: { path: 'node_modules/(kafkajs|ioredis|avsc|fastify|pg|jose|@kafkajs)' },
    },
    {
      name: 'no-adapter-knows-another',
      severity: 'error',
      from: { path: adapter, ...production },
      to: { path: '^src/infrastructure/', pathNot: '^src/infrastructure/$1/' },
    },
    {
      name: 'only-the-root-composes',
      severity: 'error',
      from: { path: '^src/(domain|application|infrastructure)/', ...production },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'nothing-ships-with-the-tools',
      severity: 'error',
      from: { path: '^src/', ...production },
      to: { path: '^(tools|bench|test|examples)/' },
    },
    { name: 'nothing-is-unresolved', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

/** Four kinds of test, by suffix: .unit (no server), .property (fast-check), .int (real servers), .e2e (the whole, from outside). */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
};

/** End-to-end tests that hold for every kind of log: they run on the stack and on the embedded log, unchanged. */
const onEveryLog = [
  'entering',
  'admission-load',
  'admission-draw',
  'admission-idle',
  'replay-simulate',
  'protected-site',
  'command-line',
  'notice',
];

/** @type {import('jest').Config} */
export default {
  coverageProvider: 'v8',
  testTimeout: 60_000, // real servers on a busy machine; a test that waits sets its own deadline
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.test.ts'],
  projects: [
    {
      ...common,
      displayName: 'pure',
      roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/tools', '<rootDir>/bench'],
      testMatch: ['**/*.unit.test.ts', '**/*.property.test.ts'],
    },
    {
      ...common,
      displayName: 'stack',
      roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/tools', '<rootDir>/bench'],
      testMatch: ['**/*.int.test.ts', '**/*.e2e.test.ts'],
      globalSetup: '<rootDir>/test/support/stack.setup.ts',
      globalTeardown: '<rootDir>/test/support/stack.teardown.ts',
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/embedded/', '<rootDir>/test/untrusted-clients/'],
    },
    {
      ...common,
      displayName: 'embedded',
      roots: ['<rootDir>/test'],
      testMatch: [
        ...onEveryLog.map((name) => `<rootDir>/test/e2e/${name}.e2e.test.ts`),
        '<rootDir>/test/embedded/*.e2e.test.ts',
      ],
      setupFiles: ['<rootDir>/test/support/embedded.setup.ts'],
    },
    {
      ...common,
      // Measures response times, so nothing else may run beside it.
      displayName: 'untrusted',
      roots: ['<rootDir>/test/untrusted-clients'],
      testMatch: ['**/*.e2e.test.ts'],
      setupFiles: ['<rootDir>/test/support/embedded.setup.ts'],
    },
  ],
};

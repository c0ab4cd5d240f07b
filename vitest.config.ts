import { configDefaults, defineConfig } from 'vitest/config'

// `npm run test:deep` sets this: the long tests instead of the ordinary ones.
const deep = process.env.STOA_TEST_DEEP === '1'

export default defineConfig({
  test: {
    include: ['packages', 'apps', 'e2e', 'benchmarks', 'scripts', 'examples'].map(
      (folder) => `${folder}/**/*${deep ? '.deep' : ''}.test.ts`,
    ),
    exclude: [...configDefaults.exclude, '**/dist/**', 'contracts/**', ...(deep ? [] : ['**/*.deep.test.ts'])],
    // Against tests that hang. How long one takes is for no test to say: a machine with other work takes many times what a quiet one does.
    testTimeout: deep ? 30 * 60_000 : 10 * 60_000,
    hookTimeout: 10 * 60_000,
    expect: { poll: { timeout: 120_000 } },
    // Tests start real chains and servers: a process each, and no more of them at once than the smallest machine has cores.
    pool: 'forks',
    maxWorkers: 2,
  },
})

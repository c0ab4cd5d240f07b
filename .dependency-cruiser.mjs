// Who may import whom. Run by `npm run lint`; scripts/importRules.test.ts proves that each rule bites.

/** For each package, the packages that it may import. A package that is not named here may import none. */
const LAYERS = {
  protocol: [],
  sdk: ['protocol'],
  engine: ['protocol'],
  storage: ['protocol'],
  indexer: ['protocol', 'sdk'],
  localnet: ['protocol', 'sdk'],
  // Seller, buyer and guardian hold different keys: none imports another.
  node: ['protocol', 'sdk', 'engine', 'storage'],
  gateway: ['protocol', 'sdk', 'engine', 'storage'],
  agents: ['protocol', 'sdk', 'engine', 'storage'],
  sentinel: ['protocol', 'sdk', 'engine', 'storage'],
}

/**
 * Code that is not part of any product: tests, what tests share, and the second implementations that vectors come from. The reference
 * executor of exact graphs is a product: loaders compute constants with it, and judges and self-tests compare with it.
 */
const TEST = String.raw`\.(test|case|bench)\.tsx?$|/testing/|/(?<!/exact/)reference/`

/** A package, an app, or a folder of the root: inside it imports are relative, across it they go by name. */
const ROOM = '^((?:packages|apps)/[^/]+|e2e|benchmarks|scripts|examples)/'

const layerRules = Object.entries(LAYERS).flatMap(([name, allowed]) => [
  {
    name: `layers-${name}`,
    comment: `${name} may import ${allowed.join(', ') || 'no other package'}. Move the code down, or pass it in.`,
    severity: 'error',
    from: { path: `^packages/${name}/`, pathNot: TEST },
    to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
  },
  {
    name: `layers-${name}-tests`,
    comment: `Tests of ${name} may import what ${name} may, localnet to have a chain, and indexer to have an index.`,
    severity: 'error',
    from: { path: `^packages/${name}/.*(${TEST})` },
    to: {
      path: '^packages/',
      pathNot: `^packages/(${[name, ...allowed, 'localnet', 'indexer', 'sdk', 'protocol'].join('|')})/`,
    },
  },
])

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be read, tested or moved one by one. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: 'layers-unknown-package',
      comment: 'A new package gets its place in LAYERS first.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: `^packages/(${Object.keys(LAYERS).join('|')})/` },
      to: { path: '^packages/', pathNot: '^packages/$1/' },
    },
    {
      name: 'localnet-is-for-composition',
      comment: 'A local chain belongs to apps, tests and benchmarks; an example runs against the chain it is given.',
      severity: 'error',
      from: { path: '^(scripts|examples)/', pathNot: TEST },
      to: { path: '^packages/localnet/' },
    },
    {
      name: 'no-import-of-apps',
      comment: 'Apps are composition only. What others need belongs in a package.',
      severity: 'error',
      from: { path: ROOM },
      to: { path: '^apps/', pathNot: '^$1/' },
    },
    {
      name: 'no-relative-imports-across-packages',
      comment: 'Another package is imported by its name, through its exports.',
      severity: 'error',
      from: { path: ROOM },
      // Second implementations are no part of a package's exports, and scripts write vectors with them.
      to: {
        path: '^(packages|apps)/',
        pathNot: '^$1/|/reference/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'browser-safe',
      comment:
        'protocol, sdk and the dashboard run in browsers. Node-only code goes into a `node/` folder behind a condition of package.json "imports".',
      severity: 'error',
      from: { path: '^packages/(protocol|sdk)/|^apps/web/src/', pathNot: [TEST, '^packages/protocol/src/node/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-import-of-node-folders',
      comment: 'A `node/` folder of protocol is reached by its condition only (#name), never directly.',
      severity: 'error',
      from: { path: '^packages/protocol/', pathNot: [TEST, '^packages/protocol/src/node/'] },
      to: { path: '^packages/protocol/src/node/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'no-test-code-in-products',
      comment: 'What tests share is not published.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'declared-dependencies',
      comment: 'Every package declares what it imports; tests may use what the root declares.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Imports of types bind packages together as much as any other.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^contracts/|^docs/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'module-sync', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
}

import { expect, test } from 'vitest'
import { publishedManifest } from './publishedManifest.ts'

test('entry points, conditions, commands and dependencies of what is published', () => {
  const manifest = {
    name: '@stoa/example',
    version: '1.2.3',
    type: 'module',
    exports: {
      '.': './src/index.ts',
      './deep': './src/deep/index.ts',
      './deep/testing': './src/deep/testing/index.ts',
      './package.json': './package.json',
    },
    imports: { '#sha256': { node: './src/node/sha256.ts', default: './src/sha256.ts' } },
    bin: { example: './src/main.ts' },
    dependencies: { '@stoa/protocol': '*', viem: '2.57.1' },
    optionalDependencies: { 'onnxruntime-node': '1.30.0' },
    devDependencies: { vitest: '5.1.1' },
  }
  expect(publishedManifest(manifest, new Map([['@stoa/protocol', '0.4.0']]))).toEqual({
    name: '@stoa/example',
    version: '1.2.3',
    type: 'module',
    engines: { node: '>=24' },
    files: ['dist', 'assets'],
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './deep': { types: './dist/deep/index.d.ts', default: './dist/deep/index.js' },
      './package.json': './package.json',
    },
    imports: { '#sha256': { node: './dist/node/sha256.js', default: './dist/sha256.js' } },
    bin: { example: './dist/main.js' },
    dependencies: { '@stoa/protocol': '0.4.0', viem: '2.57.1' },
    optionalDependencies: { 'onnxruntime-node': '1.30.0' },
  })
})

test('of what bundles itself, nothing is left to install', () => {
  const manifest = {
    name: '@stoa/site',
    version: '1.2.3',
    scripts: { build: 'node build/main.ts' },
    dependencies: { react: '19.0.0' },
  }
  expect(publishedManifest(manifest, new Map())).toEqual({
    name: '@stoa/site',
    version: '1.2.3',
    engines: { node: '>=24' },
    files: ['dist', 'assets'],
    dependencies: {},
  })
})

import { expect, test } from 'vitest'
import { completeLock, type Lock } from './completeLock.ts'

test('adds the platforms that are missing, and nothing that is there', () => {
  const lock: Lock = {
    packages: {
      '': {},
      'node_modules/tool': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: {
          'tool-linux-x64': '2.0.0',
          'tool-linux-arm-gnueabihf': '2.0.0',
          'tool-linux-x64-musl': '2.0.0',
          'tool-darwin-amd64': '2.0.0',
        },
      },
      'node_modules/tool-linux-x64': { version: '2.0.0', optional: true },
      'packages/a/node_modules/other': { version: '1.0.0', optionalDependencies: { 'tool-linux-x64': '2.0.0' } },
    },
  }
  expect(completeLock(lock)).toEqual(['tool-linux-arm-gnueabihf', 'tool-linux-x64-musl', 'tool-darwin-amd64'])
  const entry = { version: '2.0.0', dev: true, optional: true }
  expect(lock.packages['node_modules/tool-linux-arm-gnueabihf']).toEqual({
    ...entry,
    os: ['linux'],
    cpu: ['arm'],
    libc: ['glibc'],
  })
  expect(lock.packages['node_modules/tool-linux-x64-musl']).toEqual({
    ...entry,
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  })
  expect(lock.packages['node_modules/tool-darwin-amd64']).toEqual({ ...entry, os: ['darwin'], cpu: ['x64'] })
  expect(completeLock(lock)).toEqual([])
})

test('takes WebAssembly for a processor, whatever the system', () => {
  const lock: Lock = { packages: { 'node_modules/tool': { optionalDependencies: { 'tool-wasm32-wasi': '2.0.0' } } } }
  completeLock(lock)
  expect(lock.packages['node_modules/tool-wasm32-wasi']).toEqual({ version: '2.0.0', cpu: ['wasm32'], optional: true })
})

test('guesses nothing', () => {
  const lockWith = (name: string, version: string): Lock => ({
    packages: { 'node_modules/tool': { optionalDependencies: { [name]: version } } },
  })
  expect(() => completeLock(lockWith('fsevents', '2.3.3'))).toThrow('no pinned package of a platform')
  expect(() => completeLock(lockWith('tool-linux-x64', '^2.0.0'))).toThrow('no pinned package of a platform')
})

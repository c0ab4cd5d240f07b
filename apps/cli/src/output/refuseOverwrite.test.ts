import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeOnnxModel } from '@stoa/engine/quantize'
import { DEVELOPMENT_KEYS, startChain } from '@stoa/localnet'
import { createChainClient, sendCall } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlockNumber } from 'viem/actions'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-output-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs a command to its end: its exit code, and what it said last, as JSON. */
function stoa(...args: string[]): Promise<[code: number, said: Record<string, unknown> & { error?: object }]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, '--json', '--home', join(folder, 'home'), ...args], (error, stdout) =>
      resolve([Number(error?.code ?? 0), JSON.parse(stdout.trim().split('\n').at(-1) ?? '')]),
    )
  })
}

test('quantize leaves what an earlier run wrote, unless it is told to write over it', async () => {
  const [net, samples, out] = ['net.onnx', 'samples', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(net, smallNet(1))
  await mkdir(samples)
  await writeFile(join(samples, 'a.npy'), rowOf([1, -0.5, 0.25, 0.125]))
  const run = (...more: string[]) => stoa('quantize', net, '--calibrate', samples, '--out', out, ...more)
  expect(await run()).toMatchObject([0, { out, files: expect.arrayContaining(['model.onnx', 'formulas.bin']) }])
  const first = await readFile(join(out, 'model.onnx'))

  await writeFile(net, smallNet(2))
  const [code, { error }] = await run()
  expect([code, error]).toEqual([
    1,
    {
      code: 'OUTPUT_EXISTS',
      message: `${join(out, 'model.onnx')} (and 4 more) is there already.`,
      details: ['model.onnx', 'plan.json', 'report.json', 'report.svg', 'formulas.bin']
        .map((name) => join(out, name))
        .join(', '),
      hint: 'Give another place with --out, or write over it with --force.',
      retry: false,
    },
  ])
  expect(await readFile(join(out, 'model.onnx'))).toEqual(first)
  // A checkpoint is refused before it is looked for.
  expect(await stoa('quantize', join(folder, 'none'), '--calibrate', net, '--out', out)).toMatchObject([
    1,
    { error: { code: 'OUTPUT_EXISTS' } },
  ])

  expect((await run('--force'))[0]).toBe(0)
  expect(await readFile(join(out, 'model.onnx'))).not.toEqual(first)
})

test('a picture that is there is left', async () => {
  const picture = join(folder, 'walk.svg')
  await writeFile(picture, 'mine')
  expect(await stoa('demo', 'fraud', '--picture', picture)).toMatchObject([1, { error: { code: 'OUTPUT_EXISTS' } }])
  expect(await readFile(picture, 'utf8')).toBe('mine')
})

test('deploy leaves a file that says something else, and sends nothing; one that says the same keeps the block it knows', async () => {
  const chain = await startChain()
  onTestFinished(() => chain.stop())
  const client = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const [, { owner }] = await stoa('accounts')
  await sendCall(client, chain.chainId, { to: owner as `0x${string}`, value: 10n ** 18n })
  await sendCall(client, chain.chainId, { to: owner as `0x${string}`, value: 1n })
  const out = join(folder, 'deployment.json')
  const deploy = (...more: string[]) => stoa('deploy', '--rpc', chain.rpcUrl, '--out', out, ...more)

  await writeFile(out, 'somebody else’s')
  expect(await deploy()).toMatchObject([1, { error: { code: 'OUTPUT_EXISTS' } }])
  await expect.poll(() => getBlockNumber(client, { cacheTime: 0 })).toBe(2n)
  expect(await deploy('--force')).toMatchObject([0, { fromBlock: 2 }])
  const told = await readFile(out, 'utf8')
  expect(await deploy()).toMatchObject([0, { fromBlock: 2 }])
  expect(await readFile(out, 'utf8')).toBe(told)
})

/** One matrix, another for each seed. */
function smallNet(seed: number): Uint8Array {
  const value = { type: 'f32' as const, dims: [1, 4] }
  return writeOnnxModel({
    opset: 17,
    metadata: new Map(),
    inputs: [{ name: 'x', ...value }],
    outputs: [{ name: 'y', ...value }],
    initializers: new Map([
      ['w', { type: 'f32', dims: [4, 4], data: Float32Array.from({ length: 16 }, (_, i) => Math.sin(seed * i)) }],
    ]),
    nodes: [{ name: 'n', op: 'MatMul', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: new Map() }],
  })
}

/** A `.npy` file of one row. */
function rowOf(values: readonly number[]): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, ${values.length}), }\n`
  const head = Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0])
  return Buffer.concat([head, Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)])
}

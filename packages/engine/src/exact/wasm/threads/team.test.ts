import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { encodeModule } from '../emit/encodeModule.ts'
import { i32 } from '../emit/expr.ts'
import { WasmThreadError } from '../errors.ts'
import { Heap } from '../heap.ts'
import { buildKernel, type Kernel, type KernelBody, mulAdd } from '../kernels/kernel.ts'
import { scratchOf } from './control.ts'
import type { HelperStart } from './helpThread.ts'
import { startHelper } from './startHelper.ts'
import { startTeam, type Team } from './team.ts'

const opened: Team[] = []
afterEach(async () => {
  for (const team of opened.splice(0)) await team.end()
})

/** A team of two with one kernel, which takes one word: the address of a table. */
async function teamOf(build: (body: KernelBody) => void, options: Parameters<typeof startTeam>[2] = {}) {
  const heap = new Heap(true)
  const team = await startTeam(heap, 2, options)
  opened.push(team)
  const kernel: Kernel = { key: 'test', words: ['table'], build }
  team.link(encodeModule([{ name: '0', body: buildKernel(kernel) }], true))
  const units = 4096
  const [words, table] = [heap.allocate(4), heap.allocate(4 * units)]
  new Int32Array(heap.memory.buffer, words, 1)[0] = table
  const run = () => team.run(0, words, units, 1000)
  return { run, counts: () => new Int32Array(heap.memory.buffer, table, units) }
}

/** Adds 1 to the unit's element of the table. */
function count({ f, word, begin, end }: KernelBody): void {
  const unit = f.local('i32')
  f.for(unit, begin, end, 1, () => {
    const at = f.let(mulAdd(word('table'), unit, 4))
    f.storeI32(at, i32.add(i32.load(at), 1))
  })
}

test('every unit is done once, whoever comes in time', async () => {
  const { run, counts } = await teamOf(count)
  for (let turn = 0; turn < 200; turn++) run()
  expect(new Set(counts())).toEqual(new Set([200]))
})

/** A helper whose thread the test can end as a lack of memory would: from outside, with nobody asking it. */
function vulnerable() {
  const workers: Worker[] = []
  const start: typeof startHelper = async (told: HelperStart, onLoss) => {
    const worker = new Worker(new URL('./helper.ts', import.meta.url), { workerData: told })
    workers.push(worker)
    await new Promise((resolve) => worker.once('message', resolve))
    worker.once('exit', () => onLoss(new WasmThreadError('It ended.')))
    return { end: async () => void (await worker.terminate()) }
  }
  return { workers, start }
}

test('a helper that has ended is noticed at the next run', async () => {
  const { workers, start } = vulnerable()
  const { run } = await teamOf(count, { start })
  run()
  for (const worker of workers) await worker.terminate()
  expect(run).toThrow(WasmThreadError)
})

test('a helper that ends unseen, between two runs of one turn, holds nobody up', async () => {
  const { workers, start } = vulnerable()
  const { run, counts } = await teamOf(count, { start })
  const ending = workers.map((worker) => worker.terminate())
  run()
  expect(new Set(counts())).toEqual(new Set([1]))
  await Promise.all(ending)
})

test('a helper that does not come back fails the run in bounded time, and all runs after it', async () => {
  const { run } = await teamOf(
    (body) => {
      // The helper, told by its scratch memory, goes round for ever; the leader gives it time to come in.
      const { f, scratch } = body
      const rest = f.let(i32.const(1000))
      f.while(rest, () => f.add(rest, i32.sub(0, i32.ltS(scratch, scratchOf(1)))))
      count(body)
    },
    { patience: 20 },
  )
  // A busy machine may not let the helper come in for many runs.
  const failing = async () => {
    for (;;) {
      run()
      await new Promise(setImmediate)
    }
  }
  await expect(failing()).rejects.toMatchObject({
    ...{ code: 'WORKER_CRASHED', details: expect.stringContaining('0.02') },
  })
  expect(run).toThrow(WasmThreadError)
})

test('where one helper does not start, those that did are ended', async () => {
  const exits: Promise<unknown>[] = []
  const start: typeof startHelper = async (told) => {
    if (told.thread === 2) throw new WasmThreadError('It did not start.')
    const worker = new Worker(new URL('./helper.ts', import.meta.url), { workerData: told })
    exits.push(new Promise((resolve) => worker.once('exit', resolve)))
    await new Promise((resolve) => worker.once('message', resolve))
    return { end: async () => void (await worker.terminate()) }
  }
  await expect(startTeam(new Heap(true), 3, { start })).rejects.toThrow(WasmThreadError)
  expect(exits).toHaveLength(1)
  await Promise.all(exits)
})

test('a helper that ends of itself is reported, with the cause', async () => {
  const loss = Promise.withResolvers<WasmThreadError>()
  // No thread can help in a memory that is none.
  const helper = await startHelper({ memory: {} as WebAssembly.Memory, thread: 1 }, loss.resolve)
  expect((await loss.promise).cause).toBeInstanceOf(Error)
  await helper.end()
})

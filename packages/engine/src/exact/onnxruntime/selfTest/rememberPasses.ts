import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from './cacheFolder.ts'
import { inTurn } from './inTurn.ts'
import type { MachineTest } from './machineTest.ts'

/**
 * The same test, which remembers across processes what passed: a model on a processor with a runtime. Failures are tried again. What
 * cannot be written is forgotten; it costs the next start a test.
 */
export function rememberPasses(test: MachineTest, folder = cacheFolder()): MachineTest {
  return async (graph, runtime, executor) => {
    const path = join(folder, `${await keyOf(graph.bytes, runtime.env.versions)}.json`)
    const remembered = () => readFile(path, 'utf8').then(passesOf, () => undefined)
    const probes = await remembered()
    if (probes !== undefined) return { passed: true, probes }
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined)
    // Two models of one seller may share a network, and are opened side by side.
    return inTurn(`${path}.claim`, async () => {
      const others = await remembered()
      if (others !== undefined) return { passed: true, probes: others }
      const verdict = await test(graph, runtime, executor)
      if (verdict.passed) await remember(path, verdict.probes).catch(() => undefined)
      return verdict
    })
  }
}

/** Everything that a verdict depends on: the model, the runtime, and what the processor can do. */
async function keyOf(bytes: Uint8Array, versions: object): Promise<string> {
  const flags = await readFile('/proc/cpuinfo', 'utf8').then(
    (text) => /^(flags|Features)\s*:.*$/m.exec(text)?.[0] ?? '',
    () => '',
  )
  const machine = [process.arch, process.platform, process.version, cpus()[0]?.model, flags, JSON.stringify(versions)]
  return createHash('sha256').update(machine.join('\n')).update(bytes).digest('hex')
}

function passesOf(text: string): number | undefined {
  const probes = Number(text)
  return Number.isInteger(probes) ? probes : undefined
}

async function remember(path: string, probes: number): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  await writeFile(draft, String(probes), { mode: 0o600 })
  await rename(draft, path)
}

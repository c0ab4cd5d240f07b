import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serialize } from 'node:v8'
import { writeOnnxModel } from '@stoa/engine/onnx'
import type { Network } from './cases.ts'

export const RUNNERS = ['wasm', 'onnxruntime', 'reference', 'float'] as const
/** Most memory that was resident, in MB of 10^6 bytes, Node itself included. */
export type Resident = Readonly<Record<(typeof RUNNERS)[number], number>>

const SCRIPT = fileURLToPath(new URL('./memoryProcess.ts', import.meta.url))

/** What each runner takes that opens a network from its file and runs all its cases, in a process of its own. */
export async function residentMemory({ exact, float, cases }: Network): Promise<Resident> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'))
  try {
    const files = ['exact.onnx', 'float.onnx', 'exact.inputs', 'float.inputs'].map((name) => join(folder, name))
    const [exactPath = '', floatPath = '', exactInputs = '', floatInputs = ''] = files
    await writeFile(exactPath, exact)
    await writeFile(floatPath, writeOnnxModel(float))
    await writeFile(exactInputs, serialize(cases.map((own) => own.exact)))
    await writeFile(floatInputs, serialize(cases.map((own) => own.float)))
    const measured: [string, number][] = []
    for (const runner of RUNNERS) {
      const own = runner === 'float' ? [floatPath, floatInputs] : [exactPath, exactInputs]
      const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, runner, ...own])
      measured.push([runner, Number(stdout)])
    }
    return Object.fromEntries(measured) as Resident
  } finally {
    await rm(folder, { recursive: true })
  }
}

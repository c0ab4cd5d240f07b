// node memoryProcess.ts <runner> <model> <inputs>: prints the most memory that was resident, in MB.
import { readFile } from 'node:fs/promises'
import { deserialize } from 'node:v8'
import type { Inputs } from './cases.ts'
import { exactRunner, floatRunner, type Runner } from './runners.ts'

const [, , name = '', model = '', inputs = ''] = process.argv

/** The self-test belongs to the machine, not to the model. */
const untested = async () => ({ passed: true as const, probes: 0 })

async function open(): Promise<Runner> {
  if (name === 'float') return await floatRunner(model)
  if (name !== 'wasm' && name !== 'onnxruntime' && name !== 'reference') throw new TypeError(`no runner "${name}"`)
  return await exactRunner(await readFile(model), name, untested)
}

const runner = await open()
// The reference would take an hour, and holds in a run what the others hold.
const cases = name === 'reference' ? [] : (deserialize(await readFile(inputs)) as Inputs[])
for (const own of cases) await runner.run(own)
await runner.close()
process.stdout.write(String((await mostResidentKiB()) / (1e6 / 1024)))

/** Of this program: `maxRSS` begins, on Linux, with what its parent had, which shares its memory until the program is loaded. */
async function mostResidentKiB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const found = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]
  return found ? Number(found) : process.resourceUsage().maxRSS
}

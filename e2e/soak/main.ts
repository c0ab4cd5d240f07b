/**
 * `npm run soak`: a node and a gateway under steady load, watched for what grows. Writes benchmarks/results/soak.json and soak.svg.
 *
 *     npm run soak                              30 minutes at 80 % of what is possible
 *     npm run soak -- --minutes 10 --load 0.5
 *
 * Exit codes: 0 flat, 1 something grew, 2 a mistake in the arguments.
 */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { plotSoak } from './plot.ts'
import { runSoak } from './runSoak.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, load: { type: 'string', default: '0.8' } },
})
const [minutes, load] = [Number(values.minutes), Number(values.load)]
if (!(minutes > 0 && load > 0 && load <= 1)) {
  console.error('--minutes is more than 0, --load more than 0 and at most 1.')
  process.exit(2)
}
const started = performance.now()
const log = (line: string) =>
  console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${line}`)
const { series, ...result } = await runSoak({ minutes, load, log })
const at = (name: string) => new URL(`../../benchmarks/results/${name}`, import.meta.url)
const machine = { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() }
const written = { date: new Date().toISOString(), machine, ...result, series }
await writeFile(
  at('soak.json'),
  `${JSON.stringify(written, (key, value) => (key === 'seconds' ? Math.round(value) : value))}\n`,
)
await writeFile(at('soak.svg'), plotSoak(series))
console.log(JSON.stringify(result))
process.exitCode = result.faults.length > 0 ? 1 : 0

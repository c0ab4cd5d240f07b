import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../errors.ts'

/** Lowest urgency that still gets on: whoever asks for an answer comes first. */
const NICE = 10

/**
 * The folder of the built dashboard. A published package has it in `dist`; in a checkout the dashboard is built from its sources, or the last
 * build taken where they are the same. Throws `CommandError` with what the build said.
 */
export async function ensureSite(): Promise<string> {
  const web = fileURLToPath(new URL('.', import.meta.resolve('@stoa/web/package.json')))
  const build = join(web, 'build', 'main.ts')
  if (!existsSync(build)) return join(web, 'dist')
  const { code, stdout, stderr } = await run(build)
  if (code !== 0)
    throw new CommandError('The dashboard could not be built.', {
      code: 'BUILD_FAILED',
      details: stderr.trim().slice(-4_000),
      hint: 'If files of node_modules are missing, run "npm ci" and start again. Everything else runs without the dashboard.',
    })
  return stdout.trim()
}

function run(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) setPriority(child.pid, NICE)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
}

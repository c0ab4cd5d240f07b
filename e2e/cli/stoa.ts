import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '@stoa/localnet'

export const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

export type Outcome = { code: number; stdout: string; stderr: string }

/** Runs one command to its end. */
export function stoa(home: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, '--home', home, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

/** Runs a command with `--json` and returns what it said last. */
export async function stoaJson(home: string, ...args: string[]) {
  const { stdout } = await stoa(home, '--json', ...args)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

export type Up = { child: ChildProcess; said: Record<string, unknown>; ended: Promise<number | null> }

/** Starts `stoa up` and waits until it is ready, or has ended. */
export async function startUp(home: string, ports: Readonly<Record<string, number>>): Promise<Up> {
  // Each part has a port of its own: what a test does not name would be where somebody's real Stoa listens.
  const all = { web: await freePort(), index: await freePort(), ...ports }
  const flags = Object.entries(all).flatMap(([name, port]) => [`--${name}-port`, String(port)])
  const child = spawn(process.execPath, [MAIN, '--home', home, '--json', 'up', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const first = JSON.parse(line)
      if (first.error) reject(new Error(line))
      else resolve(first)
    })
    child.once('exit', (code) => reject(new Error(`stoa up ended with ${code}`)))
  })
  return { child, said, ended }
}

/** The command lines of processes that name the folder. */
export function processesOf(home: string): Promise<string[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-eo', 'args'], (_error, stdout) =>
      resolve(stdout.split('\n').filter((line) => line.includes(home))),
    )
  })
}

/** Waits until no process names the folder; after two minutes, throws with those that still do. */
export async function untilNoProcessOf(home: string): Promise<void> {
  let left: string[] = []
  const look = async () => {
    left = await processesOf(home)
    return left.length === 0
  }
  await until(look, () => `still running: ${left.join('\n')}`)
}

/** Waits until `test` holds; after so many minutes, throws with what `outcome` says. */
export async function until(
  test: () => Promise<boolean>,
  outcome = () => 'it did not come to that',
  minutes = 2,
): Promise<void> {
  for (const end = Date.now() + minutes * 60_000; !(await test()); ) {
    if (Date.now() > end) throw new Error(`after ${minutes} minutes: ${outcome()}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Kills, with SIGKILL, the process whose command line matches. */
export function kill(pattern: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('pkill', ['-KILL', '-f', pattern], (error) => (error ? reject(error) : resolve()))
  })
}

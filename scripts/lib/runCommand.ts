import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { forgeBinary } from './forgeBinary.ts'

export const ROOT = join(import.meta.dirname, '../..')

export type Command = {
  /** A program of node_modules/.bin, `node` or `npm`. */
  program: string
  args: readonly string[]
  /** Relative to the repository's root. */
  folder?: string
  env?: Readonly<Record<string, string>>
  /** Whether to show the output as it comes; otherwise it is returned. */
  live?: boolean
}

export type CommandResult = {
  ok: boolean
  /** Standard output and errors together, as they came; empty if `live`. */
  output: string
  seconds: number
}

/** Runs a command to its end, with the repository's own tools first on PATH. Fails only if it cannot be started. */
export function runCommand(command: Command): Promise<CommandResult> {
  const { program, args, folder = '.', env = {}, live = false } = command
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter)
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(program === 'forge' ? forgeBinary() : program, args, {
      cwd: join(ROOT, folder),
      env: { ...process.env, ...env, PATH: path },
      stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    })
    const pieces: Buffer[] = []
    child.stdout?.on('data', (piece) => pieces.push(piece))
    child.stderr?.on('data', (piece) => pieces.push(piece))
    child.on('error', reject)
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000
      resolve({ ok: code === 0, output: Buffer.concat(pieces).toString(), seconds })
    })
  })
}

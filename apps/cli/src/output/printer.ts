import { BaseError } from '@stoa/protocol'
import colors from 'picocolors'
import { asStarted } from './asStarted.ts'

/** Where a command writes. With `json` only `result` and `failure` write, one line of JSON each, to standard output. */
export type Printer = {
  readonly json: boolean
  /** A sentence for people. */
  say(text: string): void
  /** Runs `work` under a name, and says that it is done, how long it took and what came of it. */
  step<T>(name: string, work: () => Promise<T>, outcome?: (value: T) => string): Promise<T>
  /** What came of the command: `value` for machines; `text` for people. */
  result(value: unknown, text?: string): void
  failure(error: unknown): void
}

export function createPrinter({ json }: { json: boolean }): Printer {
  const line = (text: string) => void process.stdout.write(`${text}\n`)
  return {
    json,
    say: (text) => void (json || line(text)),
    async step(name, work, outcome) {
      const started = performance.now()
      const value = await work()
      if (!json) {
        const seconds = ((performance.now() - started) / 1000).toFixed(1)
        line(`${colors.green('✓')} ${name.padEnd(10)} ${outcome?.(value) ?? ''} ${colors.dim(`${seconds} s`)}`)
      }
      return value
    },
    result: (value, text) => line(json ? toJson(value) : (text ?? toJson(value, 2))),
    failure(error) {
      if (json) line(toJson({ error: describe(error) }))
      else process.stderr.write(`${colors.red('✗')} ${explain(error)}\n`)
    },
  }
}

/** JSON with amounts as decimal strings and bytes as hex. */
export function toJson(value: unknown, indent?: number): string {
  const plain = (_key: string, v: unknown) => {
    if (typeof v === 'bigint') return v.toString()
    return v instanceof Uint8Array ? `0x${Buffer.from(v).toString('hex')}` : v
  }
  return JSON.stringify(value, plain, indent)
}

function describe(error: unknown) {
  if (!(error instanceof BaseError))
    return { code: 'BUG', message: error instanceof Error ? error.message : String(error) }
  const { code, shortMessage, details, hint, retry } = error
  return { code, message: asStarted(shortMessage), details, hint: hint && asStarted(hint), retry }
}

/** People see what happened and what to try; a stack only where the fault is ours. */
function explain(error: unknown): string {
  if (error instanceof BaseError) {
    const more = [error.details, error.hint && `→ ${asStarted(error.hint)}`]
      .filter(Boolean)
      .map((text) => `\n  ${text}`)
    return `${asStarted(error.shortMessage)}${more.join('')}`
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This is a bug in Stoa, please report it:\n${stack}`
}

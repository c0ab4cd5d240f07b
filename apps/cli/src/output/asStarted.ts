import { basename, delimiter, dirname, relative } from 'node:path'

/** What tells how a process was started: a `process`. */
export type Started = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd'>

/** Scripts of the sources' package.json that run the command. */
const SCRIPTS = ['stoa', 'start', 'demo']

/** What a person writes before a verb to start the command as this process was started: `stoa` only where a shell finds that. */
export function startedAs({ argv, env, cwd }: Started): string {
  const main = argv[1] ?? ''
  if (env.npm_package_name === 'stoa' && SCRIPTS.includes(env.npm_lifecycle_event ?? '')) return 'npm run stoa --'
  const isLink = basename(main) === 'stoa'
  if (isLink && env.npm_command === 'exec') return 'npx stoa'
  if (isLink && env.PATH?.split(delimiter).includes(dirname(main))) return 'stoa'
  const path = relative(cwd(), main)
  return isLink ? `./${path}` : `node ${path}`
}

/** A text that says `stoa <verb>`, with the command as whoever reads it started it. */
export function asStarted(text: string, started: Started = process): string {
  return text.replace(/(?<!npx |[\w/@.-])stoa(?= (?:[a-z]|\[options\]))/g, () => startedAs(started))
}

import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asStarted } from './asStarted.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const MAIN = join(ROOT, 'apps/cli/src/main.ts')

/** Where this process, and what started it, find programs, but for those of the project itself: that they are found there is what is looked at. */
const PATHS = [
  dirname(process.execPath),
  ...(process.env.PATH ?? '').split(delimiter).filter((path) => !path.endsWith(join('node_modules', '.bin'))),
]

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-started-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What the command that is started so says to `status` in a home where nothing runs, and its usage; with no npm around it but the one that starts it. */
async function said(file: string, args: readonly string[], path: string, cwd = ROOT): Promise<string[]> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|PATH$)/.test(name)))
  const run = (...more: string[]) =>
    new Promise<string>((resolve) => {
      execFile(file, [...args, ...more], { cwd, env: { ...env, PATH: path } }, (_, out, err) => resolve(out + err))
    })
  const failed = await run('--home', folder, 'status')
  const help = await run('deposit', '--help')
  return [/with "(.*?)"/.exec(failed)?.[1] ?? failed, /^Usage: (.*)$/m.exec(help)?.[1] ?? help]
}

test.each([
  ['npm run stoa --', 'npm', ['run', 'stoa', '--']],
  ['npx stoa', 'npx', ['--no-install', 'stoa']],
  ['node apps/cli/src/main.ts', process.execPath, ['apps/cli/src/main.ts']],
  ['./node_modules/.bin/stoa', 'node_modules/.bin/stoa', []],
])('a hint says the command as it was started: %s', async (started, file, args) => {
  expect(await said(file, args, PATHS.join(delimiter))).toEqual([
    `${started} up`,
    `${started} deposit [options] <amount>`,
  ])
})

test('where a shell finds stoa, a hint says that', async () => {
  await symlink(MAIN, join(folder, 'stoa'))
  const path = [folder, ...PATHS].join(delimiter)
  expect(await said('stoa', [], path, folder)).toEqual(['stoa up', 'stoa deposit [options] <amount>'])
})

test('names that begin so, the project itself, and what says npx already are left as they are', () => {
  const started = { argv: ['node', '/a/main.ts'], env: {}, cwd: () => '/a' }
  const text = 'stoa/ocr, @stoa/sdk, my-stoa up, Stoa is up, ~/.stoa is, npx stoa doctor; run stoa up.'
  expect(asStarted(text, started)).toBe(text.replace('run stoa up', 'run node main.ts up'))
})

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@stoa/localnet'

/** MIT; not among our dependencies: 25 MB that only this benchmark needs. */
const VERSION = '1.15.2'

export type Peer = { url: string; stop(): Promise<void> }

/** `@portkey-ai/gateway` in a process of its own, installed by npm into a folder that later runs find again. It pays nobody and signs nothing. */
export async function startPortkey(): Promise<Peer> {
  const folder = join(tmpdir(), `stoa-bench-portkey-${VERSION}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `@portkey-ai/gateway@${VERSION}`]
  await promisify(execFile)('npm', install, { cwd: folder })
  const port = await freePort()
  const main = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  const child = spawn(process.execPath, [main, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const url = `http://127.0.0.1:${port}`
  await untilItAnswers(url, child)
  return { url, stop: () => end(child) }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await ended
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await fetch(url).catch(() => undefined)) return
    await sleep(200)
  }
  await end(child)
  throw new Error('The peer did not start.')
}

import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@stoa/localnet'
import { ensureDebian } from '../../../../scripts/lib/ensureDebian.ts'

const run = promisify(execFile)

const PROGRAMS = '/usr/lib/postgresql/*/bin'

/** PostgreSQL's own programs, which Debian keeps from the PATH; the newest release. Installs Debian's package where there are none and it may. */
async function programs(): Promise<string> {
  await ensureDebian('postgresql', PROGRAMS)
  const found = globSync(PROGRAMS).sort().at(-1)
  if (!found) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return found
}

/** A PostgreSQL cluster of its own in a temporary folder, on a free port of 127.0.0.1, that trusts everyone there. */
export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const bin = await programs()
  const folder = await mkdtemp(join(tmpdir(), 'stoa-pg-'))
  const isRoot = process.getuid?.() === 0
  // PostgreSQL refuses to run as root.
  if (isRoot) await run('chown', ['postgres', folder])
  await chmod(folder, 0o700)
  const call = (program: string, ...args: string[]) => {
    const path = join(bin, program)
    return isRoot ? run('runuser', ['-u', 'postgres', '--', path, ...args], { cwd: '/' }) : run(path, args)
  }
  const data = join(folder, 'data')
  const port = await freePort()
  await call('initdb', '--pgdata', data, '--auth', 'trust', '--username', 'postgres', '--no-sync')
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`
  await call('pg_ctl', 'start', '--wait', '--pgdata', data, '--log', join(folder, 'log'), '-o', options)
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await call('pg_ctl', 'stop', '--pgdata', data, '--mode', 'immediate')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

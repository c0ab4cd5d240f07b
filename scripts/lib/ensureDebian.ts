import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ROOT } from './runCommand.ts'

const run = promisify(execFile)

/** What one process at a time does: Debian's tools refuse whoever comes second, and what is being installed has its files before it can run. */
const SCRIPT = `test -n "$(ls $1 2> /dev/null)" && exit
apt-get update
apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=600 "$2"`

/**
 * Installs a Debian package that tests need, where there is no file of this shell pattern yet and this user may. Files of tests run at the same time: they wait for
 * each other here. Where the user may not, nothing happens: whoever needs the program says that it is missing.
 */
export async function ensureDebian(name: string, pattern: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Closed: what an installation starts would keep the others out for as long as it runs.
  await run('flock', ['--close', ROOT, 'sh', '-euc', SCRIPT, 'sh', pattern, name], { env, maxBuffer: 1 << 26 })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Stops a service of a home in the middle of whatever it does: its port is open, and nobody answers. Call what is returned to let it go on. */
export async function pauseService(home: string, name: 'node' | 'gateway'): Promise<() => void> {
  const { stdout } = await run('ps', ['-eo', 'pid,args'])
  const line = stdout.split('\n').find((each) => each.includes(`serve ${name} --home ${home} `))
  const pid = Number(line?.trim().split(' ')[0])
  if (!pid) throw new Error(`No ${name} runs for ${home}.`)
  process.kill(pid, 'SIGSTOP')
  return () => process.kill(pid, 'SIGCONT')
}

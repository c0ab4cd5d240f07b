import { readFile } from 'node:fs/promises'

/** The kernel counts in hundredths of a second on every Linux that Node runs on (USER_HZ, proc(5)). */
const TICKS = 100

/** Seconds of processor that a process has had, in all its threads: unlike a clock's, much the same beside other work. */
export async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold anything; utime and stime are the 12th and 13th field after it.
  const [, fields = ''] = /^.*\) (.*)$/s.exec(stat) ?? []
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) / TICKS
}

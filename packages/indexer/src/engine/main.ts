/**
 * The index's process: Ponder's own command line, in the index's folder. Its parent holds the other end of a channel, so that it ends with its
 * parent, however that dies.
 *
 *     node main.ts <folder> <identity> <port>
 */
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { argv, chdir, exit, kill, pid, ppid } from 'node:process'
import { readSettings } from '../app/readSettings.ts'
import { dropTemporaries } from './dropTemporaries.ts'
import { holdFolder } from './holdFolder.ts'
import { reopenTables } from './reopenTables.ts'
import { writeProject } from './writeProject.ts'

/** Milliseconds that an index without a parent has left. */
const ORPHAN_MS = 2_000

const [node = '', , folder = '', identity = '', port = ''] = argv
process.on('disconnect', () => {
  // Ponder gives its tables back when asked to end.
  kill(pid, 'SIGTERM')
  setTimeout(() => exit(1), ORPHAN_MS)
})
// What Ponder's log has not written yet it writes as the process ends, and tries for ever where nobody reads it (sonic-boom 3.8, `flushSync`): without
// a parent, the number of the pipe is given to a file that takes anything. `ppid` is that of the start, `process.ppid` of now; a dying parent lets go of
// the channel somewhat before its children.
process.on('exit', () => {
  if (process.connected && process.ppid === ppid) return
  closeSync(1)
  openSync(devNull, 'w')
})
if (!process.connected) exit(1)

const { database, rpcUrl } = readSettings()
const project = join(folder, 'project')
await mkdir(folder, { recursive: true })
await holdFolder(folder)
dropTemporaries()
// The engine's code is read while the thread of `reopenTables` makes an empty database.
await Promise.all([database.kind === 'pglite' && reopenTables(database.folder, rpcUrl), import('ponder')])
await writeProject(project, identity)
// GraphQL's schema is written to the working folder.
chdir(project)
const schema = database.kind === 'pglite' ? 'public' : `stoa_${identity}`
const options = ['--root', project, '--port', port, '--hostname', '127.0.0.1', '--schema', schema]
process.argv = [node, 'ponder', 'start', ...options, '--log-level', 'warn', '--log-format', 'json']
await import(new URL('./bin/ponder.js', import.meta.resolve('ponder')).href)

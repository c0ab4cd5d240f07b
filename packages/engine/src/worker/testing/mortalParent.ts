import { openInProcess } from '../openInProcess.ts'

// Starts a process that never comes out of its work, says its number, and waits to be killed.
const one = openInProcess<string, unknown>({
  ...{ entry: new URL('./unrulyProcess.ts', import.meta.url), data: undefined },
  ...{ memoryMb: 96, openMs: 60_000, runMs: 600_000 },
  closed: () => new Error('closed'),
  crashed: (details) => new Error(details),
  tooLong: () => new Error('too long'),
})
console.log(await one.run('pid'))
await one.run('spin')

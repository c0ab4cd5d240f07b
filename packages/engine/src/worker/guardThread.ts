import { workerData } from 'node:worker_threads'

// Ends this process when the one that started it is gone. A main thread that never comes out of native code would not hear of that.
const LOOK_MS = 1_000
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, LOOK_MS)

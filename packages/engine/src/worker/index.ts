export type { Parcel } from './messages.ts'
export { type InWorker, openInWorker } from './openInWorker.ts'
export { type Served, serveThread } from './serveThread.ts'
export { siblingEntry } from './siblingEntry.ts'

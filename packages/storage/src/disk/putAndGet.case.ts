// `node putAndGet.case.ts <folder> <bytes>`: stores a blob and reads it back, then prints `{ peakBytes, read }`.
import { pattern } from '../testing.case.ts'
import { diskBlobStore } from './diskBlobStore.ts'

const [folder = '', bytes = '0'] = process.argv.slice(2)
const store = await diskBlobStore({ folder })
const { cid } = await store.put(pattern(Number(bytes)))
let read = 0
for await (const piece of store.get(cid)) read += piece.length
// `maxRSS` is in kilobytes.
console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024, read }))

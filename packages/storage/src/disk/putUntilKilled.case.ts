// A process that stores blobs until it is killed: `node putUntilKilled.case.ts <folder> <seed> [endless]`. It prints the CID of each blob
// as soon as `put` has returned. With `endless` it stores one blob that never ends.
import { diskBlobStore } from './diskBlobStore.ts'

const [folder = '', seed = '0', endless] = process.argv.slice(2)

async function* content(blob: number) {
  const leaf = new Uint8Array(1 << 20)
  for (let index = 0; endless || index < 4; index++) {
    leaf.fill((Number(seed) * 31 + blob * 7 + index) % 256)
    // Three leaves of four are the same for every blob: blobs share blocks.
    if (!endless && index < 3) leaf.fill(index)
    else new DataView(leaf.buffer).setUint32(0, Number(seed) * 65_536 + blob * 256 + index)
    yield leaf
  }
}

const store = await diskBlobStore({ folder })
for (let blob = 0; ; blob++) {
  const { cid } = await store.put(content(blob))
  console.log(cid)
}

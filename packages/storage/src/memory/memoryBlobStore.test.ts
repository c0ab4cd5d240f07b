import { describeBlobReader, describeBlobStore } from '../blobStore.common.case.ts'
import { memoryBlobStore } from './memoryBlobStore.ts'

describeBlobReader('memoryBlobStore', async () => {
  const store = memoryBlobStore()
  return { reader: store, put: store.put }
})

describeBlobStore('memoryBlobStore', async () => memoryBlobStore())

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callDraft, draftQuery } from '../../data/draft.ts'
import { rootOfFile } from './rootOfFile.ts'

/** A file on its way to the home: `read` of its bytes have been hashed here, then it is copied. */
export type Moving = { name: string; bytes: number; read: number }

/** Hashes files and copies them into the home's draft, one after another. */
export function useUpload() {
  const client = useQueryClient()
  const [moving, setMoving] = useState<Moving>()
  const mutation = useMutation({
    async mutationFn(files: readonly File[]) {
      for (const file of files) {
        const { name, size: bytes } = file
        let shown = 0
        setMoving({ name, bytes, read: 0 })
        const root = await rootOfFile(file, (read) => {
          // Every hundredth: more would cost more than the hashing.
          if (read - shown < bytes / 100) return
          shown = read
          setMoving({ name, bytes, read })
        })
        setMoving({ name, bytes, read: bytes })
        const path = `/files/${encodeURIComponent(name)}?root=${root}`
        client.setQueryData(draftQuery.queryKey, await callDraft(path, { method: 'PUT', body: file }))
      }
    },
    onSettled: () => setMoving(undefined),
  })
  return { ...mutation, moving }
}

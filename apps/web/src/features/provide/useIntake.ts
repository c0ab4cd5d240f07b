import { useState } from 'react'
import type { Draft } from '../../data/draft.ts'
import { type Chosen, chooseFiles, IN_FOLDER } from './chooseFiles.ts'
import { useUpload } from './useUpload.ts'

export type Intake = ReturnType<typeof useIntake>

/** Takes files into the draft: what it leaves out, and the one that is on its way. Held above the step's parts, which are others once there is a file. */
export function useIntake({ files: had }: Draft, onCard: (card: File) => void) {
  const { mutate, moving, error, isPending } = useUpload()
  const [refused, setRefused] = useState<Chosen['refused']>([])
  return {
    ...{ moving, error, isPending, refused },
    forgetRefused: () => setRefused([]),
    choose(files: readonly File[], folders: readonly string[] = []) {
      const chosen = chooseFiles(
        files,
        had.map(({ path }) => path),
      )
      setRefused([...chosen.refused, ...folders.map((name) => ({ name, why: IN_FOLDER }))])
      if (chosen.card) onCard(chosen.card)
      if (chosen.take.length > 0) mutate(chosen.take)
    },
  }
}

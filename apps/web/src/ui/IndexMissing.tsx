import { Empty } from './Empty.tsx'

/** What comes from the index, where it can't be asked. */
export function IndexMissing({ what }: { what: string }) {
  return (
    <Empty icon="blocks" title={`${what} is not known now`}>
      It comes from the index, which does not answer, or still reads the chain’s past. Nothing is lost: it appears here
      as soon as the index has it. The page Network says how the index is.
    </Empty>
  )
}

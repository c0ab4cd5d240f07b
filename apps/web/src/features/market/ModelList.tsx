import type { Model } from '../../data/models.ts'
import { WindowList } from '../../ui/WindowList.tsx'
import type { Uses } from './chooseModels.ts'
import { ModelRow } from './ModelRow.tsx'

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 118

/** The models of the market. */
export function ModelList({ models, uses }: { models: readonly Model[]; uses: Uses | undefined }) {
  return (
    <WindowList
      label="Models"
      items={models}
      keyOf={({ stoa }) => String(stoa.model_id)}
      rowHeight={ROW_HEIGHT}
      rowClassName="pb-3"
    >
      {(model) => <ModelRow model={model} uses={uses && (uses.get(model.stoa.model_id) ?? 0)} />}
    </WindowList>
  )
}

import type { Model } from '../../data/models.ts'
import { Table } from '../../ui/Table.tsx'
import { Words } from '../../ui/Words.tsx'

type Metric = Model['stoa']['metrics'][number]

/** How good the model is, by its own word. */
export function Metrics({ metrics }: { metrics: readonly Metric[] }) {
  return (
    <Table
      label="Metrics, as the card states them"
      rows={metrics}
      keyOf={({ name, on }) => `${name} ${on}`}
      columns={[
        { name: 'Metric, by the card', cell: ({ name }) => <Words text={name} most={80} /> },
        { name: 'Value', isNumber: true, cell: ({ value }) => String(value) },
        { name: 'On', cell: ({ on }) => <Words text={on} /> },
      ]}
    />
  )
}

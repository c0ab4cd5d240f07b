import { listVersions } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Section } from '../../ui/Section.tsx'
import { Table } from '../../ui/Table.tsx'
import { When } from '../../ui/When.tsx'
import { Copied, TransactionLink } from '../explorer/links.tsx'

/** All versions that were published, latest first. Until the index has them there is nothing to say beyond the active one, which the card is. */
export function Versions({ modelId, active }: { modelId: bigint; active: number }) {
  const { data: versions } = useQuery(indexed(listVersions({ modelId })))
  if (!versions?.length) return null
  return (
    <Section title="Versions">
      <Table
        label="Versions"
        rows={versions}
        keyOf={({ version }) => String(version)}
        columns={[
          {
            name: 'Version',
            cell: ({ version }) => (
              <span className="inline-flex items-center gap-2">
                {version} {version === active && <Badge tone="good">sold now</Badge>}
              </span>
            ),
          },
          { name: 'Published', cell: ({ publishedAt }) => <When at={publishedAt} /> },
          { name: 'Weights', cell: ({ weights }) => <Hash value={weights} what="digest of the weights" /> },
          { name: 'Card', cell: ({ card }) => <Hash value={card} what="digest of the card" /> },
          {
            name: 'Transaction',
            cell: ({ tx }) => (
              <Copied value={tx} what="transaction">
                <TransactionLink hash={tx} />
              </Copied>
            ),
          },
        ]}
      />
    </Section>
  )
}

import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type Model, modelsQuery } from '../../data/models.ts'
import { plainText } from '../../lib/plainText.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { PageSkeleton } from '../../ui/PageSkeleton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { ProofBadge } from '../../ui/ProofBadge.tsx'
import { Section } from '../../ui/Section.tsx'
import { Words } from '../../ui/Words.tsx'
import { TASK_NAMES } from '../market/taskNames.ts'
import { Card } from './Card.tsx'
import { LedgerFacts } from './LedgerFacts.tsx'
import { Offers } from './Offers.tsx'
import { Versions } from './Versions.tsx'

const route = getRouteApi('/models/$modelId')

/** One model: its card, who sells it and how well, and what the ledger says of it. */
export function ModelPage() {
  const { modelId } = route.useParams()
  const { data: models, error, refetch } = useQuery(modelsQuery)
  const model = models?.find(({ stoa }) => String(stoa.model_id) === modelId)
  if (model) return <Found model={model} />
  if (!models && !error) return <PageSkeleton />
  return (
    <Page title="Model">
      {models ? (
        <Empty icon="market" title={`Nobody offers a model number ${plainText(modelId, 20)} now`}>
          It may be offered again, or its card can’t be read.{' '}
          <Link to="/" className="text-accent underline underline-offset-2">
            Look at what is on offer
          </Link>
        </Empty>
      ) : (
        <Problem error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  )
}

function Found({ model }: { model: Model }) {
  const { id, stoa } = model
  return (
    <Page
      title={<Words text={id} most={100} />}
      documentTitle={plainText(id, 100)}
      lead={<Words text={stoa.title} most={120} />}
      aside={
        <Link
          to="/playground"
          search={{ model: id }}
          className="inline-flex min-h-9 items-center rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent hover:bg-accent-strong"
        >
          Ask it
        </Link>
      }
    >
      <div className="space-y-10">
        <div className="flex flex-wrap gap-2">
          <Badge>{TASK_NAMES[stoa.task]}</Badge>
          {stoa.proof_kind && <ProofBadge kind={stoa.proof_kind} profile={stoa.profile} />}
        </div>
        <Card model={model} />
        <Section title="Who sells it">
          <Offers offers={stoa.offers} />
        </Section>
        <LedgerFacts modelId={stoa.model_id} />
        <Versions modelId={stoa.model_id} active={stoa.version} />
      </div>
    </Page>
  )
}

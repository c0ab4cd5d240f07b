import { useHome } from '../../data/home.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Page } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { Deployment } from './Deployment.tsx'
import { GatewayFacts } from './GatewayFacts.tsx'
import { PartRow } from './PartRow.tsx'
import { Snippets } from './Snippets.tsx'

/** What runs, how it is, and how to call it. */
export function NetworkPage() {
  const { parts, version } = useHome()
  return (
    <Page {...titleOf('/network')} aside={<span className="text-muted">Stoa {version}</span>}>
      <div className="space-y-10">
        <Section title="Health">
          <ul className="panel divide-y divide-line">
            {parts.map((part) => (
              <PartRow key={part.name} part={part} />
            ))}
          </ul>
        </Section>
        <Section title="Call it from your programs">
          <p className="max-w-prose text-muted">
            Any client of OpenAI’s API buys through the gateway. Every answer carries its price in <code>usage</code>{' '}
            and its receipt in <code>stoa</code>.
          </p>
          <Snippets />
        </Section>
        <Section title="Your gateway">
          <GatewayFacts />
        </Section>
        <Section title="The ledger">
          <Deployment />
        </Section>
      </div>
    </Page>
  )
}

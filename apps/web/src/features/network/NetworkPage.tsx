import { useHome } from '../../data/home.ts'
import { Page } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { PartRow } from './PartRow.tsx'

/** What runs, how it is, and how to call it. */
export function NetworkPage() {
  const { parts, version } = useHome()
  return (
    <Page title="Network" lead={`Everything that runs for you. Stoa ${version}.`}>
      <Section title="Health">
        <ul className="panel divide-y divide-line">
          {parts.map((part) => (
            <PartRow key={part.name} part={part} />
          ))}
        </ul>
      </Section>
    </Page>
  )
}

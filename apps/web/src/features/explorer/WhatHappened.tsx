import { Section } from '../../ui/Section.tsx'
import { Events } from './Events.tsx'

type WhatHappenedProps = Pick<Parameters<typeof Events>[0], 'filter'> & {
  title?: string
  /** What to say where there is nothing. */
  nothing?: string
}

/** The events of one thing of the ledger. */
export function WhatHappened({
  filter,
  title = 'What happened',
  nothing = 'Nothing that Stoa’s contracts tell of.',
}: WhatHappenedProps) {
  return (
    <Section title={title}>
      <Events filter={filter} empty={<p className="text-muted">{nothing}</p>} />
    </Section>
  )
}

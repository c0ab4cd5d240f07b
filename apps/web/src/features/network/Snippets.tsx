import { useQuery } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { type Part, useHome } from '../../data/home.ts'
import { modelsQuery } from '../../data/models.ts'
import { CodeBlock } from '../../ui/CodeBlock.tsx'
import { TAB, TAB_LIST } from '../../ui/tabs.ts'
import { snippetsFor } from './snippets.ts'

/** The gateway from other programs: any client of OpenAI's API buys through it. */
export function Snippets() {
  const { parts, accounts, development } = useHome()
  const { data: models = [] } = useQuery(modelsQuery)
  const urlOf = (part: Part['name']) => parts.find(({ name }) => name === part)?.url ?? ''
  const snippets = snippetsFor({
    gatewayUrl: urlOf('gateway'),
    models,
    node: { url: urlOf('node'), provider: accounts.provider },
    isLocal: development !== null,
  })
  return (
    <Tabs.Root defaultValue="curl" className="space-y-3">
      <Tabs.List aria-label="Language" className={TAB_LIST}>
        {snippets.map(({ key, name }) => (
          <Tabs.Trigger key={key} value={key} className={TAB}>
            {name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {snippets.map(({ key, name, code }) => (
        <Tabs.Content key={key} value={key}>
          <CodeBlock code={code} what={`${name} code`} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

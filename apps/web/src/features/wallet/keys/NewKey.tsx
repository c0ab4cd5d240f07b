import { Button } from '../../../ui/Button.tsx'
import { CodeBlock } from '../../../ui/CodeBlock.tsx'

/** A key that was just made. Nobody can show it again: the gateway keeps its digest. */
export function NewKey({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <div role="status" className="panel space-y-3 px-4 py-4">
      <p>
        <span className="font-medium">Copy it now: it is shown this once.</span>{' '}
        <span className="text-muted">Callers give it as the API key of any OpenAI client.</span>
      </p>
      <CodeBlock code={secret} what="key" />
      <Button onClick={onDone}>I have it</Button>
    </div>
  )
}

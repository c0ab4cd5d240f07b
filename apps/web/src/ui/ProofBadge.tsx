import { proofOf } from '@stoa/protocol'
import { Badge } from './Badge.tsx'
import { Hint } from './Hint.tsx'

/** How answers can be proved wrong; in words on hover and focus. The two kinds never look alike. */
export function ProofBadge({ kind, profile }: { kind: 'exact' | 'attested'; profile: string | null }) {
  const { why } = proofOf(kind, profile === 'exact/1' ? profile : undefined)
  return (
    <Hint text={why}>
      <Badge tone={kind === 'exact' ? 'accent' : 'plain'}>
        {kind}
        {kind === 'attested' && profile ? ` (${profile})` : ''}
      </Badge>
    </Hint>
  )
}

import { Amount } from '../../ui/Amount.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { When } from '../../ui/When.tsx'
import { Words } from '../../ui/Words.tsx'
import { AccountLink, GameLink, ModelLink, OfferLink } from './links.tsx'
import type { Part } from './words/parts.ts'

/** A sentence in which everything that can be looked up is a link. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a sentence's pieces never change places.
        <Piece key={i} part={part} />
      ))}
    </span>
  )
}

function Piece({ part }: { part: Part }) {
  if (typeof part === 'string') return part
  if ('account' in part) return <AccountLink address={part.account} />
  if ('wei' in part) return <Amount wei={part.wei} />
  if ('model' in part) return <ModelLink id={part.model} />
  if ('offer' in part) return <OfferLink id={part.offer} />
  if ('game' in part) return <GameLink id={part.game} />
  if ('at' in part) return <When at={part.at} />
  if ('digest' in part) return <Hash value={part.digest} what={part.what} />
  return <Words text={part.words} most={200} />
}

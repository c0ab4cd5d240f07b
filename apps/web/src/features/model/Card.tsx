import type { Model } from '../../data/models.ts'
import { formatBytes } from '../../lib/formatBytes.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { webLink } from '../../lib/plainText.ts'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Words } from '../../ui/Words.tsx'
import { AccountLink, Copied } from '../explorer/links.tsx'
import { Metrics } from './Metrics.tsx'

const FEATURES: Readonly<Record<string, string>> = { tools: 'tools', json_schema: 'JSON schemas', images: 'pictures' }

/** What the model says of itself: a stranger's words, shown as such. */
export function Card({ model: { owned_by: owner, stoa } }: { model: Model }) {
  const { description, licence, source, languages, metrics, bytes, weights, proof, features, context } = stoa
  return (
    <div className="space-y-6">
      {description && (
        <p className="max-w-prose">
          <Words text={description} most={4_000} />
        </p>
      )}
      <Facts columns={3}>
        <Fact name="Owner">
          <Copied value={owner} what="owner">
            <AccountLink address={owner} />
          </Copied>
        </Fact>
        <Fact name="Weights">
          <Hash value={weights} what="digest of the weights" /> <span className="text-muted">{formatBytes(bytes)}</span>
        </Fact>
        <Fact name="Licence">
          <Words text={licence} most={80} />
        </Fact>
        <Fact name="Source">
          <Source text={source} />
        </Fact>
        {languages.length > 0 && (
          <Fact name="Languages">
            <Words text={languages.join(', ')} />
          </Fact>
        )}
        {context !== undefined && <Fact name="Tokens, at most">{groupDigits(String(context))}</Fact>}
        {features.length > 0 && (
          <Fact name="Takes, besides text">{features.map((each) => FEATURES[each] ?? each).join(', ')}</Fact>
        )}
        <Fact name="Proof" className="sm:col-span-2 lg:col-span-3">
          {proof}
        </Fact>
      </Facts>
      {metrics.length > 0 && <Metrics metrics={metrics} />}
    </div>
  )
}

function Source({ text }: { text: string }) {
  const link = webLink(text)
  if (!link) return <Words text={text} most={400} />
  return (
    <a
      href={link}
      rel="noopener noreferrer nofollow"
      target="_blank"
      className="text-accent underline underline-offset-2"
    >
      <Words text={link} most={100} />
    </a>
  )
}

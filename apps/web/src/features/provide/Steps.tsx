import { useState } from 'react'
import type { Draft } from '../../data/draft.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Button } from '../../ui/Button.tsx'
import { Transaction } from '../../ui/Transaction.tsx'
import { Words } from '../../ui/Words.tsx'
import { CardStep } from './CardStep.tsx'
import { CheckStep } from './CheckStep.tsx'
import { EMPTY_FORM, formOf, readCardFile } from './cardForm.ts'
import { Live } from './Live.tsx'
import { OfferStep } from './OfferStep.tsx'
import { PublishStep } from './PublishStep.tsx'
import { SourceStep } from './SourceStep.tsx'
import { StakeStep } from './StakeStep.tsx'
import { Step, type StepState } from './Step.tsx'

/** Which step it is time for. */
function stageOf({ files, card, checked, published, offered }: Draft): number {
  if (offered) return 6
  if (published) return 5
  if (files.length === 0) return 1
  if (!card) return 2
  return checked ? 4 : 3
}

/** All steps, in order; what is done says what came of it, and what comes later what it will cost. */
export function Steps({ draft }: { draft: Draft }) {
  const { card, published, offered } = draft
  const [form, setForm] = useState(() => (card ? formOf(card) : EMPTY_FORM))
  const [isEditing, setEditing] = useState(false)
  const stage = stageOf(draft)
  const isServer = draft.upstream !== undefined
  const stateOf = (step: number): StepState => (step < stage ? 'done' : step === stage ? 'now' : 'later')
  const takeCard = async (file: File) => {
    const read = await readCardFile(file)
    if (!read) return
    setForm(read)
    setEditing(true)
  }
  const takeServer = ({ card: known }: Draft) => {
    setForm(known ? formOf(known) : EMPTY_FORM)
    setEditing(false)
  }
  return (
    <ol className="space-y-4">
      <Step number={1} title="Files, or a server" cost="Costs nothing" state={stateOf(1)}>
        <SourceStep draft={draft} onCard={(file) => void takeCard(file)} onServer={takeServer} />
      </Step>
      <Step number={2} title="Card" cost="Costs nothing" state={stateOf(2)}>
        {card && (!isEditing || published) ? (
          <div className="flex flex-wrap items-center gap-3">
            <p className="min-w-0 grow">
              <span className="font-medium">
                <Words text={card.name} />
              </span>
              : <Words text={card.title} />
            </p>
            {!published && <Button onClick={() => setEditing(true)}>Change</Button>}
          </div>
        ) : (
          stage > 1 && <CardStep form={form} onForm={setForm} onSaved={() => setEditing(false)} />
        )}
        {stage === 1 && !card && <p className="text-muted">What your model is called, does, and may be used for.</p>}
      </Step>
      <Step number={3} title="Check" cost="Costs nothing" state={stateOf(3)}>
        {stage === 3 && !isEditing && <CheckStep isServer={isServer} />}
        {stage < 3 && (
          <p className="text-muted">
            Your files are opened as a model, or your server is asked, as your node will do it.
          </p>
        )}
        {stage > 3 && (
          <p className="text-muted">
            {isServer ? 'The server has the model.' : 'The files open as a model of this task.'}
          </p>
        )}
      </Step>
      <Step number={4} title="Publish" cost="Gas" state={stateOf(4)}>
        {stage === 4 && !isEditing && <PublishStep isServer={isServer} />}
        {stage < 4 && <p className="text-muted">The ledger takes the model’s digests, and you are its owner.</p>}
        {published && (
          <Transaction hash={published.hash}>
            Published as model {String(published.modelId)}, for {groupDigits(String(published.gasUsed))} gas.
          </Transaction>
        )}
      </Step>
      <Step number={5} title="Stake and offer" cost="Gas; a stake that you get back" state={stateOf(5)}>
        {stage < 5 && <p className="text-muted">What you risk for wrong answers, and what you ask for right ones.</p>}
        {stage === 5 && card && published && (
          <div className="space-y-6">
            <StakeStep />
            <OfferStep card={card} files={draft.files} modelId={published.modelId} />
          </div>
        )}
        {offered && (
          <p className="text-muted">Offered, for {groupDigits(String(offered.gasUsed))} gas. It can’t be changed.</p>
        )}
      </Step>
      <Step number={6} title="Served" cost="You are paid" state={stateOf(6)}>
        {offered && published ? (
          <Live offered={offered} modelId={published.modelId} profile={card?.profile ?? null} />
        ) : (
          <p className="text-muted">Your node answers, your gateway shows it in the market.</p>
        )}
      </Step>
    </ol>
  )
}

import { formatDuration } from '../../../lib/time.ts'
import { Amount } from '../../../ui/Amount.tsx'
import { Fact } from '../../../ui/Fact.tsx'
import { Facts } from '../../../ui/Facts.tsx'
import { ProofBadge } from '../../../ui/ProofBadge.tsx'
import { Section } from '../../../ui/Section.tsx'
import { AccountLink, Copied } from '../../explorer/links.tsx'
import { ReceiptView } from '../../receipt/ReceiptView.tsx'
import type { Answer, Bought } from '../types.ts'
import { ReadPicture } from './ReadPicture.tsx'
import { Tensors } from './Tensors.tsx'
import { Vector } from './Vector.tsx'

/** An answer, what it cost, and what proves it. */
export function Result({ bought: { answer, receipt, held, ms } }: { bought: Bought }) {
  return (
    <>
      <Section title="Answer">
        <AnswerView answer={answer} />
        <Facts columns={4}>
          <Fact name="Cost">
            <Amount wei={receipt.charge} />
          </Fact>
          <Fact name="Took">{formatDuration(ms)}</Fact>
          <Fact name="Provider">
            <Copied value={receipt.provider} what="provider">
              <AccountLink address={receipt.provider} />
            </Copied>
          </Fact>
          <Fact name="Proof">
            <ProofBadge kind={receipt.proof_kind} profile={null} />
          </Fact>
        </Facts>
      </Section>
      <Section title="Receipt">
        <ReceiptView receipt={receipt} held={held} />
      </Section>
    </>
  )
}

function AnswerView({ answer }: { answer: Answer }) {
  switch (answer.task) {
    case 'ocr':
      return <ReadPicture file={answer.file} text={answer.text} lines={answer.lines} />
    case 'generate':
    case 'chat':
      return (
        <div className="panel space-y-2 p-4">
          <p className="whitespace-pre-wrap break-words">
            <bdi>{answer.text}</bdi>
          </p>
          <p className="text-sm text-muted">
            {answer.tokens} tokens;{' '}
            {answer.finish === 'length' ? 'as many as were asked for' : 'the model ended its text'}
          </p>
        </div>
      )
    case 'embedding':
      return <Vector values={answer.vector} />
    case 'graph':
      return <Tensors outputs={answer.outputs} />
  }
}

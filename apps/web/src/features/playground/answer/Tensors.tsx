import { CopyButton } from '../../../ui/CopyButton.tsx'
import { Words } from '../../../ui/Words.tsx'

/** Elements of a tensor that are written out. */
const SHOWN = 256

type Output = { name: string; shape: number[]; datatype: string; data: number[] }

/** The tensors of an answer. */
export function Tensors({ outputs }: { outputs: readonly Output[] }) {
  return (
    <div className="space-y-3">
      {outputs.map(({ name, shape, datatype, data }) => (
        <div key={name} className="panel space-y-2 p-4">
          <div className="flex items-center justify-between gap-4">
            <h3 className="font-mono text-sm">
              <Words text={name} most={40} /> {datatype} [{shape.join(', ')}]
            </h3>
            <CopyButton text={JSON.stringify({ name, shape, datatype, data })} what={`tensor ${name}`} />
          </div>
          <p className="font-mono text-sm break-words text-muted">
            {data.slice(0, SHOWN).join(' ')}
            {data.length > SHOWN && ` … ${data.length - SHOWN} more`}
          </p>
        </div>
      ))}
    </div>
  )
}

/**
 * What scripts/crossCpu.ts runs on each processor: `graphs <from> <to> <executors>` prints for each random graph a line of JSON with the digest of what each
 * executor made of it, `forms` one line with what became of forms of arithmetic that the profile does not admit.
 */
import { EXECUTORS } from '../../executor.ts'
import { graphDigests } from './graphDigests.ts'
import { unsoundForms } from './unsoundForms.ts'

const [what, from, to, names = ''] = process.argv.slice(2)
if (what === 'forms') console.log(JSON.stringify(await unsoundForms()))
else {
  const kinds = EXECUTORS.filter((kind) => names.split(',').includes(kind))
  for (let seed = Number(from); seed < Number(to); seed++) {
    console.log(JSON.stringify({ seed, digests: Object.fromEntries(await graphDigests(seed, kinds)) }))
  }
}

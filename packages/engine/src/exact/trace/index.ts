export { graphDims, graphTensor, storedDigest, storedDims, storedTensor } from './storedTensor.ts'
export { entryName, type TraceEntry, traceEntries } from './traceEntries.ts'
export { type Trace, traceOf } from './traceOf.ts'

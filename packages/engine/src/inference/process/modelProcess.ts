import { type OpenModelParameters, openModel } from '../openModel.ts'
import { serveModel } from './serveModel.ts'

// Entry of the process that `openModelInProcess` starts.
serveModel((parameters) => openModel(parameters as OpenModelParameters))

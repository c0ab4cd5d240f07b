export { openCourt, type PlayedOut } from './openCourt.ts'
export { tamperedRun } from './tamperedRun.ts'

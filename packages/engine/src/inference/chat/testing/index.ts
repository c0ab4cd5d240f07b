export { writeScribeGguf } from './scribeGguf.ts'

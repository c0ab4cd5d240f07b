export * from './inference/index.ts'

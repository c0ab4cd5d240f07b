import type { Task } from '../../data/models.ts'

/** What models of a task do, in words for people. */
export const TASK_NAMES: Readonly<Record<Task, string>> = {
  ocr: 'text in images',
  generate: 'generated text',
  chat: 'chats',
  embedding: 'embeddings',
  graph: 'tensors',
}

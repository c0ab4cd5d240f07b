import { type DragEvent, useState } from 'react'

/** Handlers of an element that files can be dropped on, and whether some are held over it now. `onDrop` is called while the drop's items can be read. */
export function useDropZone(onDrop: (transfer: DataTransfer) => void) {
  const [isOver, setOver] = useState(false)
  return {
    isOver,
    handlers: {
      // Without this the browser would open what is dropped instead of the page.
      onDragOver(event: DragEvent) {
        event.preventDefault()
        setOver(true)
      },
      onDragLeave() {
        setOver(false)
      },
      onDrop(event: DragEvent) {
        event.preventDefault()
        setOver(false)
        onDrop(event.dataTransfer)
      },
    },
  }
}

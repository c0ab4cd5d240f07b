import { CopyButton } from './CopyButton.tsx'

/** Code to copy; long lines scroll inside it. */
export function CodeBlock({ code, what }: { code: string; what: string }) {
  return (
    <div className="flex items-start rounded-md border border-line bg-sunken">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        className="min-w-0 grow overflow-x-auto p-4 font-mono text-[0.85rem] leading-relaxed"
      >
        <code>{code}</code>
      </pre>
      <div className="p-2.5">
        <CopyButton text={code} what={what} />
      </div>
    </div>
  )
}

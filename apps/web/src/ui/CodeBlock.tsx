import { CopyButton } from './CopyButton.tsx'

/** Code to copy; long lines scroll inside it. */
export function CodeBlock({ code, what }: { code: string; what: string }) {
  return (
    <div className="relative">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        className="overflow-x-auto rounded-md border border-line bg-sunken p-4 pr-12 font-mono text-[0.85rem] leading-relaxed"
      >
        <code>{code}</code>
      </pre>
      <div className="absolute top-2.5 right-2.5 rounded bg-sunken">
        <CopyButton text={code} what={what} />
      </div>
    </div>
  )
}

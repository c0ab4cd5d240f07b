import type { SVGProps } from 'react'

/** Icons of the dashboard, 20 by 20, drawn for it. They accompany words, so screen readers pass over them. */
const PATHS = {
  columns: 'M3 6.5 10 3l7 3.5V8H3zM5 8v7m3.3-7v7m3.4-7v7M15 8v7M3 17h14M4 15h12',
  market: 'M3 8h14l-1.5-4h-11zM4 8v8h12V8M8 16v-4h4v4',
  play: 'M5 4h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-5l-4 3.5V13H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z',
  network: 'M10 3v5m0 0-5 4m5-4 5 4M3.5 12h3v4h-3zm10 0h3v4h-3zM8.5 2.5h3v3h-3z',
  wallet: 'M4 6h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h10M13.5 11h.5',
  provide: 'M10 12V4m0 0L7 7m3-3 3 3M4 12v3a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-3',
  flow: 'M3 5c6 0 8 3 14 3M3 10c6 0 8-2 14-2M3 15c6 0 8-7 14-7',
  blocks: 'M3 4h6v5H3zm8 0h6v5h-6zM3 11h6v5H3zm8 0h6v5h-6z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zm4.5-1.5L17 17',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  check: 'm4 10.5 4 4 8-9',
  cross: 'm5 5 10 10M15 5 5 15',
  question: 'M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M10 14.5v.1',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm0-10v1m0 12v1M3 10h1m12 0h1M5 5l.7.7m8.6 8.6.7.7M15 5l-.7.7M5.7 14.3 5 15',
  moon: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5z',
  screen: 'M3 4h14v9H3zm4 12h6m-3-3v3',
  menu: 'M3 6h14M3 10h14M3 14h14',
  image: 'M3 4h14v12H3zm0 9 4-4 4 4 2-2 4 4M13 8h.1',
  link: 'M12 4h4v4m0-4-7 7M9 5H4v11h11v-5',
  up: 'm5 12 5-5 5 5',
  down: 'm5 8 5 5 5-5',
  warning: 'M10 3 2.5 16.5h15zm0 5v4m0 2.2v.1',
  dot: 'M10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, ...rest }: { name: IconName } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="1.15em"
      height="1.15em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

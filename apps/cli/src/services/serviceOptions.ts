/** How a service is run, beside what its home says. */
export type ServiceOptions = {
  /** Where it listens. */
  port: number
  /** 127.0.0.1 unless other machines are to reach it. */
  host: string
  /** Where metrics and probes are served; undefined: nowhere. */
  opsPort: number | undefined
  opsHost: string
  /** What it writes to standard error: sentences for people, or every event as a line of JSON. */
  log: 'words' | 'json'
  /** Whether it settles what is worth it before it ends. */
  settleLast: boolean
}

export const DEFAULT_SERVICE: Omit<ServiceOptions, 'port'> = {
  host: '127.0.0.1',
  opsPort: undefined,
  opsHost: '127.0.0.1',
  log: 'words',
  settleLast: false,
}

/** The options as arguments of the hidden command `serve`. */
export function serviceFlags(options: ServiceOptions): string[] {
  const { port, host, opsPort, opsHost, log, settleLast } = options
  return [
    ...['--port', String(port), '--host', host, '--log', log],
    ...(opsPort === undefined ? [] : ['--ops-port', String(opsPort), '--ops-host', opsHost]),
    ...(settleLast ? ['--settle-last'] : []),
  ]
}

/** Where each part listens unless told otherwise. */
export const DEFAULT_PORTS = { gateway: 4700, node: 4701, chain: 4702, index: 4703, web: 4704 } as const

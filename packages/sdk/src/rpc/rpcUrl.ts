import { type Endpoints, type OpenEndpointsParameters, openEndpoints } from './openEndpoints.ts'

/** Where a chain's RPC is: one URL, several of one chain, or endpoints that others use too. */
export type RpcUrl = string | readonly string[] | Endpoints

/** Endpoints for whatever names them. */
export function endpointsOf(rpcUrl: RpcUrl, options: Omit<OpenEndpointsParameters, 'urls'> = {}): Endpoints {
  if (typeof rpcUrl === 'string') return openEndpoints({ ...options, urls: [rpcUrl] })
  return 'transport' in rpcUrl ? rpcUrl : openEndpoints({ ...options, urls: rpcUrl })
}

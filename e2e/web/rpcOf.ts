/** A way to ask the home's chain for what its dashboard passes nobody on to: time, and accounts that it signs for. */
export async function rpcOf(dashboardUrl: string) {
  const { parts } = await (await fetch(`${dashboardUrl}/api/home`)).json()
  const { url } = parts.find(({ name }: { name: string }) => name === 'chain')
  return async (method: string, ...params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return (await answer.json()).result
  }
}

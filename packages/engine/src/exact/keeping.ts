/** What makes something of a key, made once for each. */
export function keeping<K, V>(make: (key: K) => V): (key: K) => V {
  const kept = new Map<K, V>()
  return (key) => {
    const found = kept.get(key) ?? make(key)
    kept.set(key, found)
    return found
  }
}

import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { NodeConfigurationError } from '../errors.ts'
import type { NodeEvent } from '../events.ts'

export type TlsFiles = {
  /** PEM files of certificate chain and key. They may be links that are moved, or files that are replaced or written over. */
  certFile: string
  keyFile: string
  /** Milliseconds between looks whether they were renewed; 60,000. */
  checkMs?: number
}

/** A certificate of an endpoint, as its files have it. */
type Pair = { cert: Buffer; key: Buffer; digest: string; validUntil: Date; validFrom: Date }

export type EndpointCertificate = {
  readonly pair: Readonly<{ cert: Buffer; key: Buffer }>
  /** Hands what is renewed to the server, for connections that begin from then on, until the value is called. */
  follow(server: Pick<Server, 'setSecureContext'>): () => void
  /** What its operator should do something about. */
  warnings(): string[]
}

const CHECK_MS = 60_000
/** Milliseconds before its end from which a certificate that was not renewed is warned of. */
const SOON_MS = 3 * 86_400_000

/**
 * The certificate in two files, and those that take its place there. One that is broken, does not belong to its key, or is not valid now is refused as soon as the files
 * stand still, and the present one stays. Throws `NodeConfigurationError` where the first can't be used.
 */
export function openCertificate(
  files: TlsFiles,
  logger: (event: Extract<NodeEvent, { event: 'certificate-renewed' | 'certificate-refused' }>) => void = () =>
    undefined,
): EndpointCertificate {
  let present = readFirst(files)
  /** What the last look found that can't be used, and whether it was told. */
  let broken: { state: string; why: string; told: boolean } | undefined
  const look = (server: Pick<Server, 'setSecureContext'>) => {
    const found = readPair(files)
    if (!('why' in found)) {
      broken = undefined
      if (found.digest === present.digest) return
      server.setSecureContext(found)
      present = found
      logger({ event: 'certificate-renewed', validUntil: found.validUntil.toISOString() })
      return
    }
    // Half of the files may be there yet: the next look sees them whole, or as they are.
    const isStill = broken?.state === found.state
    const told = isStill && broken?.told === true
    if (isStill && !told) logger({ event: 'certificate-refused', why: found.why })
    broken = { ...found, told: isStill }
  }
  return {
    get pair() {
      return present
    },
    follow(server) {
      const timer = setInterval(() => look(server), files.checkMs ?? CHECK_MS).unref()
      return () => clearInterval(timer)
    },
    warnings: () => [
      ...(broken?.told ? [`The renewed certificate of the endpoint is refused: ${broken.why}.`] : []),
      ...(present.validUntil.getTime() - Date.now() < SOON_MS
        ? [`The certificate of the endpoint is valid until ${present.validUntil.toISOString()}: renew it.`]
        : []),
    ],
  }
}

/** What can't be used: why, and in which state it is. */
type Unusable = { state: string; why: string }

/** What the files have, as far as it can be used for connections. */
function readPair(files: TlsFiles): Pair | Unusable {
  let pair: Pair
  try {
    pair = parsePair(files)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { why, state: error instanceof UnusablePairError ? error.digest : why }
  }
  const now = Date.now()
  const { validFrom, validUntil, digest: state } = pair
  if (now > validUntil.getTime()) return { state, why: `it was valid until ${validUntil.toISOString()}` }
  if (now < validFrom.getTime()) return { state, why: `it is valid only from ${validFrom.toISOString()} on` }
  return pair
}

class UnusablePairError extends Error {
  /** Of what the files have. */
  readonly digest: string
  constructor(message: string, digest: string) {
    super(message)
    this.digest = digest
  }
}

/** Throws for files that can't be read, or that are no certificate with its key. */
function parsePair({ certFile, keyFile }: TlsFiles): Pair {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)]
  const digest = createHash('sha256').update(cert).update('\0').update(key).digest('hex')
  try {
    // Also throws where the key is another's.
    createSecureContext({ cert, key })
    const { validFrom, validTo } = new X509Certificate(cert)
    return { cert, key, digest, validFrom: new Date(validFrom), validUntil: new Date(validTo) }
  } catch (error) {
    throw new UnusablePairError(
      `${certFile} and ${keyFile} are no certificate with its key (${error instanceof Error ? error.message : error})`,
      digest,
    )
  }
}

/** The first certificate, valid or not: who seals its calls needs none that is. */
function readFirst(files: TlsFiles): Pair {
  try {
    return parsePair(files)
  } catch (cause) {
    throw new NodeConfigurationError('The certificate of the endpoint can’t be used.', {
      code: 'TLS_FILES',
      details: cause instanceof Error ? cause.message : String(cause),
      hint: 'Give the PEM files of certificate chain and key, readable by the node.',
      cause,
    })
  }
}

import type { Address, Hex } from '@stoa/protocol'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useModelNames, useNames } from '../../data/names.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { shortHash } from '../../ui/Hash.tsx'
import { Words } from '../../ui/Words.tsx'

// Things that can be looked up, each as a link to where that is told.

const LINK = 'text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent'
const HEX = `${LINK} font-mono text-[0.92em] whitespace-nowrap`

/** By its name where this home has one, else short. */
export function AccountLink({ address }: { address: Address }) {
  const name = useNames().get(address.toLowerCase())
  return (
    <Link to="/explorer/address/$address" params={{ address }} title={address} className={name ? LINK : HEX}>
      {name ?? shortHash(address)}
    </Link>
  )
}

export function TransactionLink({ hash }: { hash: Hex }) {
  return (
    <Link to="/explorer/tx/$hash" params={{ hash }} title={hash} className={HEX}>
      {shortHash(hash)}
    </Link>
  )
}

export function BlockLink({ number }: { number: number }) {
  return (
    <Link to="/explorer/block/$number" params={{ number: `${number}` }} className={LINK}>
      {number}
    </Link>
  )
}

export function OfferLink({ id }: { id: Hex }) {
  return (
    <Link to="/explorer/offer/$id" params={{ id }} title={id} className={HEX}>
      {`offer ${shortHash(id)}`}
    </Link>
  )
}

export function GameLink({ id }: { id: bigint }) {
  return (
    <Link to="/explorer/disputes/$id" params={{ id: `${id}` }} className={LINK}>
      {`dispute ${id}`}
    </Link>
  )
}

export function ModelLink({ id }: { id: bigint }) {
  const name = useModelNames().get(`${id}`)
  return (
    <Link to="/models/$modelId" params={{ modelId: `${id}` }} className={LINK}>
      {name ? <Words text={name} most={60} /> : `model ${id}`}
    </Link>
  )
}

/** The whole of something that a page is about, to be copied. */
export function Whole({ value, what }: { value: string; what: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span className="min-w-0 font-mono text-[0.85em] break-all">{value}</span>
      <CopyButton text={value} what={what} />
    </span>
  )
}

/** A link to something that has an address or a digest, with a button that copies the whole of it. */
export function Copied({ value, what, children }: { value: string; what: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-0.5 whitespace-nowrap">
      {children}
      <CopyButton text={value} what={what} />
    </span>
  )
}

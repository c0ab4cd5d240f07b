import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { Hono } from 'hono'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import { listen } from './listen.ts'

/** Files as certbot keeps them: links in `live`, moved to what is new in `archive`. */
let folder: string
let tls: { certFile: string; keyFile: string; checkMs: number }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['live', 'archive']) mkdirSync(join(folder, name))
  tls = { certFile: join(folder, 'live/fullchain.pem'), keyFile: join(folder, 'live/privkey.pem'), checkMs: 20 }
  for (const name of ['1', '2', '3']) issue(name)
})

const cert = (name: string) => join(folder, `archive/fullchain${name}.pem`)
const key = (name: string) => join(folder, `archive/privkey${name}.pem`)

/** A new certificate, of a key of its own. */
function issue(name: string, days = 90): void {
  const request = join(folder, 'request.pem')
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-subj', `/CN=seller ${name}`]
  execFileSync('openssl', ['req', '-new', '-nodes', '-keyout', key(name), '-out', request, ...made], {
    stdio: 'ignore',
  })
  const signed = ['-in', request, '-signkey', key(name), '-days', `${days}`, '-out', cert(name)]
  execFileSync('openssl', ['x509', '-req', ...signed], { stdio: 'ignore' })
}

/** Moves a link, in one step. */
function link(file: string, target: string): void {
  symlinkSync(target, `${file}.new`)
  renameSync(`${file}.new`, file)
}

function renew(name: string): void {
  link(tls.certFile, cert(name))
  link(tls.keyFile, key(name))
}

/** Serves what answers at once, and what waits for `release`, under the first certificate. */
async function serve() {
  renew('1')
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const app = new Hono()
    .get('/now', (c) => c.text('now'))
    .get('/later', async (c) => {
      await released
      return c.text('later')
    })
  const events: NodeEvent[] = []
  const server = await listen(app, { host: '127.0.0.1', port: 0, tls }, (event) => events.push(event))
  onTestFinished(() => server.close(0))
  const port = Number(new URL(server.url).port)
  const told = (event: NodeEvent['event']) => events.filter((each) => each.event === event)
  return { server, port, told, release }
}

async function open(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  onTestFinished(() => void socket.destroy())
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

/** Whose certificate a new connection gets. */
async function nameAt(port: number): Promise<unknown> {
  const socket = await open(port)
  const { CN } = socket.getPeerCertificate().subject
  socket.end()
  return CN
}

/** Asks on a connection that stays open. */
async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)
  let said = ''
  while (!/\r\n\r\n\w+$/.test(said)) {
    said += await new Promise<string>((resolve, reject) => {
      socket.once('data', (data) => resolve(data.toString())).once('close', () => reject(new Error('it was closed')))
    })
  }
  return said.split('\r\n\r\n')[1] ?? ''
}

test('a renewed certificate is taken up for new connections; open ones go on, and so does a call under way', async () => {
  const { server, port, told, release } = await serve()
  const [idle, busy] = [await open(port), await open(port)]
  expect(await ask(idle, '/now')).toBe('now')
  const answer = ask(busy, '/later')
  renew('2')
  await expect.poll(() => told('certificate-renewed').length).toBe(1)
  expect(await nameAt(port)).toBe('seller 2')
  release()
  expect(await answer).toBe('later')
  expect(await ask(busy, '/now')).toBe('now')
  expect(await ask(idle, '/now')).toBe('now')
  expect([idle, busy].map((socket) => socket.getPeerCertificate().subject.CN)).toEqual(['seller 1', 'seller 1'])
  expect(server.warnings()).toEqual([])

  // Also where the files are older than the last ones, and written over rather than replaced.
  execFileSync('touch', ['-d', '2020-01-01', cert('3'), key('3')])
  renew('3')
  await expect.poll(() => nameAt(port)).toBe('seller 3')
  copyFileSync(cert('1'), cert('3'))
  copyFileSync(key('1'), key('3'))
  await expect.poll(() => nameAt(port)).toBe('seller 1')
  expect(told('certificate-refused')).toEqual([])
})

test('one that can’t be used is refused and told once, and the old one stays until a good one comes', async () => {
  const { server, port, told } = await serve()
  const refused = async (count: number, why: RegExp) => {
    await expect.poll(() => told('certificate-refused').length).toBe(count)
    expect(told('certificate-refused').at(-1)).toEqual({
      event: 'certificate-refused',
      why: expect.stringMatching(why),
    })
    expect(server.warnings()).toEqual([expect.stringMatching(/^The renewed certificate of the endpoint is refused: /)])
    // Many looks later it was told no more often.
    await sleep(10 * tls.checkMs)
    expect(told('certificate-refused')).toHaveLength(count)
    expect(await nameAt(port)).toBe('seller 1')
  }
  link(tls.certFile, cert('2'))
  await refused(1, /no certificate with its key \(.*mismatch/)
  writeFileSync(cert('3'), readFileSync(cert('3')).subarray(0, 200))
  renew('3')
  await refused(2, /no certificate with its key/)
  rmSync(tls.certFile)
  await refused(3, /ENOENT/)
  issue('ended', -1)
  renew('ended')
  await refused(4, /^it was valid until /)
  renew('2')
  await expect.poll(() => nameAt(port)).toBe('seller 2')
  expect(server.warnings()).toEqual([])
})

test('a node does not start with a certificate of another key, and warns of one that ends soon', async () => {
  renew('1')
  link(tls.keyFile, key('2'))
  const where = { host: '127.0.0.1', port: 0, tls }
  await expect(listen(new Hono(), where)).rejects.toMatchObject({
    code: 'TLS_FILES',
    details: expect.stringMatching(/no certificate with its key/),
  })
  issue('short', 2)
  renew('short')
  const server = await listen(new Hono(), where)
  onTestFinished(() => server.close(0))
  expect(server.warnings()).toEqual([
    expect.stringMatching(/^The certificate of the endpoint is valid until .*: renew it\.$/),
  ])
})

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StatefulSet } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { Namespace, Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { MAIN } from '../cli/stoa.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DEPLOY = join(ROOT, 'deploy')
const read = (path: string) => readFileSync(join(DEPLOY, path), 'utf8')

/** Kinds of the manifests, by the schemas of the API server. */
const KINDS = { Namespace, Service, StatefulSet, NetworkPolicy } as const

const { resources } = parse(read('kubernetes/kustomization.yaml')) as { resources: string[] }
const manifests = resources.flatMap((file) =>
  parseAllDocuments(read(`kubernetes/${file}`), { merge: true }).map((document) => ({ file, object: document.toJS() })),
)

describe('Kubernetes', () => {
  test.each(manifests.map(({ file, object }) => [`${file}: ${object.kind} ${object.metadata.name}`, object] as const))(
    '%s is what the API takes',
    (_, object) => {
      const Kind = KINDS[object.kind as keyof typeof KINDS]
      expect(() => new Kind(object).validate()).not.toThrow()
      // The schema bites.
      expect(() => new Kind({ ...object, metadata: { name: 7 } }).validate()).toThrow()
    },
  )

  test('nothing runs as root, writes where it should not, or is left without a probe; stores have one writer', () => {
    const sets = manifests.filter(({ object }) => object.kind === 'StatefulSet')
    expect(sets).toHaveLength(2)
    for (const { object } of sets) {
      const { replicas, template, volumeClaimTemplates } = object.spec
      const { containers, securityContext, terminationGracePeriodSeconds } = template.spec
      expect([replicas, volumeClaimTemplates[0].spec.accessModes]).toEqual([1, ['ReadWriteOncePod']])
      expect(securityContext.runAsNonRoot).toBe(true)
      // Longer than the longest call that is waited for.
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(120)
      for (const container of containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
        })
        expect([container.readinessProbe.httpGet.path, container.livenessProbe.httpGet.path]).toEqual([
          '/ready',
          '/live',
        ])
        const names = container.ports.map(({ name }: { name: string }) => name)
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
          expect(names).toContain(container[probe].httpGet.port)
      }
    }
  })

  test('labels meet their selectors', () => {
    for (const { object } of manifests) {
      if (object.kind === 'StatefulSet')
        expect(object.spec.template.metadata.labels).toEqual(object.spec.selector.matchLabels)
      const selector = object.kind === 'Service' ? object.spec.selector : object.spec?.podSelector?.matchLabels
      if (!selector) continue
      const met = manifests.some(({ object: other }) => {
        const labels = other.spec?.template?.metadata.labels ?? {}
        return Object.entries(selector).every(([name, value]) => labels[name] === value)
      })
      expect(met).toBe(true)
    }
  })
})

describe('commands in images, manifests and units', () => {
  const help = execFileSync(process.execPath, [MAIN, 'run', '--help'], { encoding: 'utf8' })
  const container = JSON.parse(/CMD (\[.*\])/.exec(read('Containerfile'))?.[1] ?? '[]') as string[]
  const units = readdirSync(join(DEPLOY, 'systemd')).map((name) => {
    const line = /^ExecStart=.*main\.ts (.*)$/m.exec(read(`systemd/${name}`))?.[1] ?? ''
    return [name, line.split(' ')] as const
  })
  const sets = manifests.flatMap(({ file, object }) =>
    object.kind === 'StatefulSet' ? [[file, object.spec.template.spec.containers[0].args as string[]] as const] : [],
  )
  test.each([['Containerfile', container] as const, ...units, ...sets])('%s', (_, args) => {
    const [command, service, ...flags] = args
    expect([command, ['node', 'gateway'].includes(String(service))]).toEqual(['run', true])
    expect(flags.length).toBeGreaterThan(0)
    for (const flag of flags.filter((each) => each.startsWith('--'))) expect(help).toContain(flag)
  })

  test('the image copies what there is', () => {
    const sources = [...read('Containerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files]) =>
      (files ?? '').split(' '),
    )
    expect(sources.length).toBeGreaterThan(4)
    for (const source of sources) expect(existsSync(join(ROOT, source))).toBe(true)
  })

  test('units are what systemd takes', ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'stoa-units-'))
    try {
      execFileSync('systemd-analyze', ['--version'])
    } catch {
      skip('no systemd-analyze on this machine')
    }
    for (const [name] of units) {
      // As installed, but for the user, whom only an installation makes.
      writeFileSync(join(folder, name), read(`systemd/${name}`).replace(/^(User|Group)=.*$/gm, ''))
      const said = execFileSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
      expect(said).toBe('')
    }
    rmSync(folder, { recursive: true })
  })
})

test('the dashboard has a question for each panel, and numbers them once', () => {
  const { panels } = JSON.parse(read('grafana/stoa.json')) as {
    panels: { id: number; type: string; title: string; targets?: { expr: string }[] }[]
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const { type, targets = [] } of panels) if (type !== 'row') expect(targets.length).toBeGreaterThan(0)
})

test('every alert says what it means, what to do, and how soon', () => {
  const { groups } = parse(read('prometheus/alerts.yaml')) as {
    groups: {
      rules: { alert: string; labels: { severity: string }; annotations: { summary: string; description: string } }[]
    }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { labels, annotations } of rules) {
    expect(['critical', 'warning']).toContain(labels.severity)
    expect(annotations.summary.length * annotations.description.length).toBeGreaterThan(0)
  }
  const { rule_files } = parse(read('prometheus/prometheus.yaml')) as { rule_files: string[] }
  for (const file of rule_files) expect(existsSync(join(DEPLOY, 'prometheus', file))).toBe(true)
})

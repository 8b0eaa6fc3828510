import { areaM2, inRing, isSimpleRing, type Ring } from '@sereno/geo'
import type { Checker } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import { allVersions, groundOf } from './store.ts'
import type { AreaView, Ground } from './territory.ts'

// Cuts are rounded to a centimetre; a quarter that lost a thousandth of its area has a real hole.
const coverTolerance = 0.002

/** Every area a simple polygon below its parent, sectors and quadrants covering the district. */
export function checkTerritory(db: Db): Checker {
  return {
    name: 'territory',
    async run(report) {
      let examined = 0
      for (const { municipality, version } of await allVersions(db)) {
        const ground = await groundOf(db, municipality, version)
        examined += ground.areas.length
        for (const finding of findingsOf(ground)) {
          report({ ...finding, detail: `${municipality} v${version}: ${finding.detail}` })
        }
      }
      return { examined }
    },
  }
}

export function findingsOf(ground: Ground): readonly { readonly code: string; readonly detail: string }[] {
  const findings: { readonly code: string; readonly detail: string }[] = []
  const byId = new Map(ground.areas.map((area) => [area.id, area]))
  for (const area of ground.areas) {
    if (!area.shape.coordinates.every((ring) => isSimpleRing(ring))) {
      findings.push({ code: 'territory.shape-invalid', detail: area.code })
    }
    if (area.parent !== null && kindBelow(byId.get(area.parent)) !== area.kind) {
      findings.push({ code: 'territory.parent-missing', detail: area.code })
    }
  }
  for (const parent of ground.areas.filter(({ kind }) => kind !== 'quadrant')) {
    const children = ground.areas.filter(({ parent: id }) => id === parent.id)
    const covered = children.reduce((sum, child) => sum + areaM2(outer(child)), 0) / areaM2(outer(parent))
    if (children.length > 0 && Math.abs(covered - 1) > coverTolerance) {
      findings.push({ code: 'territory.not-covered', detail: `${parent.code} by ${covered.toFixed(4)}` })
    }
  }
  const district = ground.areas.find(({ kind }) => kind === 'district')
  for (const place of ground.places) {
    if (district !== undefined && !inRing(outer(district), [place.longitude, place.latitude])) {
      findings.push({ code: 'territory.place-outside', detail: place.name })
    }
  }
  return findings
}

function outer(area: AreaView): Ring {
  return area.shape.coordinates[0] ?? []
}

function kindBelow(parent: AreaView | undefined): AreaView['kind'] | null {
  return parent?.kind === 'district' ? 'sector' : parent?.kind === 'sector' ? 'quadrant' : null
}

import { expect, it } from 'vitest'
import { isBatteryLow } from './view.ts'

it('warns of a battery that is low and not charging, and of nothing that is not known', () => {
  expect(isBatteryLow({ percent: 15, charging: false })).toBe(true)
  expect(isBatteryLow({ percent: 16, charging: false })).toBe(false)
  expect(isBatteryLow({ percent: 5, charging: true })).toBe(false)
  expect(isBatteryLow(null)).toBe(false)
})

import { expect, test } from 'vitest'
import { sunHeightDeg, themeByLight, themeBySun } from './sun.ts'

const lima = { latitude: -12.1453, longitude: -76.9914 }

test('the sun in Lima: overhead in February, gone at night, on the horizon at the almanac’s sunrise', () => {
  expect(sunHeightDeg(Date.UTC(2026, 1, 18, 17, 22), lima.latitude, lima.longitude)).toBeGreaterThan(87)
  expect(themeBySun(Date.UTC(2026, 10, 22, 3, 0), lima)).toBe('night')
  expect(themeBySun(Date.UTC(2026, 10, 22, 17, 0), lima)).toBe('day')
  // 21 March 2026: sunrise 06:09 local (UTC-5)
  expect(Math.abs(sunHeightDeg(Date.UTC(2026, 2, 21, 11, 9), lima.latitude, lima.longitude))).toBeLessThan(2)
})

test('between lamp and sun the theme stays as it is', () => {
  expect(themeByLight(300, 'night')).toBe('night')
  expect(themeByLight(300, 'day')).toBe('day')
  expect(themeByLight(20_000, 'night')).toBe('day')
  expect(themeByLight(5, 'day')).toBe('night')
})

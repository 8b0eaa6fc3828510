import { expect, test } from 'vitest'
import { csv } from './csv.ts'

test('cells are quoted and formulas defused', () => {
  expect(
    csv([
      ['a', 'b "c"', '1,5'],
      ['=1+1', '-7', '-x'],
    ]),
  ).toBe('\ufeffa,"b ""c""","1,5"\r\n\'=1+1,-7,\'-x\r\n')
})

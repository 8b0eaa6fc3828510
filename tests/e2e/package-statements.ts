import { readFile } from 'node:fs/promises'
import { openStatement, type Statement } from '../../packages/proof/src/index.ts'

/** The signed statements of an evidence package, in order. Its ZIP has one form only: stored, one member after the other. */
export async function statementsOf(file: string): Promise<readonly Statement[]> {
  const bytes = await readFile(file)
  const statements: Statement[] = []
  for (let at = 0; bytes.readUInt32LE(at) === 0x04_03_4b_50; ) {
    const nameEnd = at + 30 + bytes.readUInt16LE(at + 26)
    const end = nameEnd + bytes.readUInt32LE(at + 22)
    if (bytes.toString('utf8', at + 30, nameEnd).startsWith('statements/')) {
      const opened = openStatement(bytes.subarray(nameEnd, end))
      if (!opened.ok) {
        throw new Error('a statement of the package cannot be read')
      }
      statements.push(opened.value.statement)
    }
    at = end
  }
  return statements
}

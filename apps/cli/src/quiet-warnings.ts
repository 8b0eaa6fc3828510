/** Node calls ML-DSA experimental on standard error, in the middle of what people read. Other warnings stay. */
export function quietExperimental(): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') {
      console.error(`${warning.name}: ${warning.message}`)
    }
  })
}

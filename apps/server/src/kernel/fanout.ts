/**
 * Fleeting messages between parts of the installation: positions, wishes to a phone, changes for a room. Lost when the
 * process ends, never durable (that is `events.ts`). In process today; NATS can stand behind the same type.
 */
export type Fanout = {
  readonly publish: (topic: string, message: unknown) => void
  /**
   * `topicPrefix` is a whole topic, or a topic's beginning up to a dot (`'positions.'`, `'device'`), or `''` for all.
   * Matching only at dots keeps a publish independent of the number of subscribers elsewhere. Returns the way out.
   */
  readonly subscribe: (topicPrefix: string, listener: (topic: string, message: unknown) => void) => () => void
}

type Listener = (topic: string, message: unknown) => void

/** @param onError a listener's exception, so that one bad listener never stops the others or the publisher. */
export function createFanout(onError: (error: unknown, topic: string) => void): Fanout {
  const listeners = new Map<string, Set<Listener>>()

  function tell(prefix: string, topic: string, message: unknown): void {
    for (const listener of listeners.get(prefix) ?? []) {
      try {
        listener(topic, message)
      } catch (error) {
        onError(error, topic)
      }
    }
  }

  return {
    publish(topic, message) {
      tell('', topic, message)
      for (let dot = topic.indexOf('.'); dot !== -1; dot = topic.indexOf('.', dot + 1)) {
        tell(topic.slice(0, dot), topic, message)
        tell(topic.slice(0, dot + 1), topic, message)
      }
      tell(topic, topic, message)
    },
    subscribe(topicPrefix, listener) {
      const own: Listener = (topic, message) => listener(topic, message)
      const set = listeners.get(topicPrefix) ?? new Set<Listener>()
      listeners.set(topicPrefix, set.add(own))
      return () => {
        set.delete(own)
        if (set.size === 0 && listeners.get(topicPrefix) === set) {
          listeners.delete(topicPrefix)
        }
      }
    },
  }
}

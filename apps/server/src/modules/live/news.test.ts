import { expect, test } from 'vitest'
import { createNews } from './news.ts'

test('entries become topics for those who may read the lists, each once', () => {
  const sent: (readonly [string, string, readonly string[]])[] = []
  const news = createNews((municipality, permission, topics) => sent.push([municipality, permission, topics]))
  news.entry('m', { coarse: 'recording', subjects: ['recording:1', 'device:2', 'person:3'] })
  news.entry('m', { coarse: 'recording', subjects: ['recording:1'] })
  news.entry('m', { coarse: 'access', subjects: ['recording:4', 'person:3'] })
  news.entry('m', { coarse: 'live', subjects: ['watch:5', 'device:9'] })
  news.entry('m', { coarse: 'person', subjects: ['person:3'] })
  news.entry('n', { coarse: 'alarm', subjects: ['alarm:6'] })
  news.entry('n', { coarse: 'installation', subjects: ['nothing-anybody-lists:7'] })
  news.flush()
  news.flush()
  expect(sent).toEqual([
    ['m', 'recording.find', ['recording:1']],
    ['m', 'recording.find', ['custody:4']],
    ['m', 'device.read', ['device:2']],
    ['m', 'account.read', ['account']],
    ['n', 'alarm.read', ['alarm:6']],
  ])
})

test('a flood is told as its kind', () => {
  const sent: (readonly string[])[] = []
  const news = createNews((_municipality, _permission, topics) => sent.push(topics))
  for (let i = 0; i < 500; i += 1) {
    news.entry('m', { coarse: 'heads', subjects: [`recording:${i}`] })
  }
  news.flush()
  expect(sent).toEqual([['custody']])
})

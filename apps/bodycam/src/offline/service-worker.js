// Written into sw.js by the build, with the list of files and the build's own hash in place of the two constants.
const files = __FILES__
const cacheName = __CACHE__
const base = '/bodycam/'

self.addEventListener('install', (event) => {
  // every file or none: half a version is worse than the one before
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files.map((file) => new Request(base + file, { cache: 'reload' })))),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith('bodycam-') && name !== cacheName).map((name) => caches.delete(name)),
        ),
      ),
  )
})

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(base)) {
    return
  }
  // the page itself and its files come from one version; a new one is taken when no tab holds the old any more
  const path = event.request.mode === 'navigate' ? base : url.pathname
  event.respondWith(
    caches
      .open(cacheName)
      .then((cache) => cache.match(path, { ignoreSearch: true }))
      .then((found) => found ?? fetch(event.request)),
  )
})

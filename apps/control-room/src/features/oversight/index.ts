export { OversightPage } from './oversight-page.tsx'
export { OwnViewsPage } from './own-views-page.tsx'

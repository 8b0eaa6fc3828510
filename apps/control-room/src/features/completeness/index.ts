export { CompletenessPage } from './completeness-page.tsx'

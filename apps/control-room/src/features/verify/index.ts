export { VerifierLink } from './verifier-link.tsx'

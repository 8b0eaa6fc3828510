import { http } from '../kernel/http.ts'

export const signer = http

/** Phones that an administrator enrolled and issued to an officer, their shift begun. */
import { need, type People, saidOf, type TestClock } from '../../test-kit/index.ts'
import { type FakePhone, type FakeRecording, fakePhone, phoneClock } from './evidence.test-kit.ts'

/** A function that answers another phone and another officer at each call. `issued: false` stops after the enrolment. */
export function phonesFor(
  { call, person }: Pick<People, 'call' | 'person'>,
  clock: TestClock,
): (options?: { readonly issued?: boolean }) => Promise<FakePhone> {
  let officers = 0
  return async ({ issued = true } = {}) => {
    officers += 1
    const office = await person('administrator')
    const enrolment = await need(office.call('POST /devices/enrolments', { kind: 'phone', simulated: true }))
    const token = String(enrolment.token)
    const phone = await fakePhone({ call, token, clock: phoneClock(clock.nowMs()), simulated: true })
    if (issued) {
      const name = `Rosa Ñahui ${officers}`
      const officer = await need(office.call('POST /officers', { code: `S-P${officers}`, name }))
      const issue = await need(office.call(`POST /devices/${phone.device}/issue`, { officer: officer.id }))
      const items = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens']
      const check = items.map((item) => ({ item, passed: true, value: '' }))
      await need(phone.api('POST', '/api/device/shift', { pin: String(issue.pin), check }).then((said) => saidOf(said)))
    }
    return phone
  }
}

/** Everything the phone signed for a recording. */
export async function uploadAll(phone: FakePhone, recording: FakeRecording): Promise<void> {
  for (const signed of recording.signed) {
    await need(phone.upload(signed).then((said) => saidOf(said)))
  }
}

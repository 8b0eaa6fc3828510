import type { ReactElement } from 'react'
import type { Device } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { QrCode } from '../../shell/qr-code.tsx'
import { useFleetText } from './text.ts'

/** The code to stick on a camera: it opens the camera's enrolment in the public log, for anybody. */
export function EnrolmentCode({ device }: { readonly device: Device }): ReactElement | null {
  const text = useFleetText()
  if (device.enrolmentEntry === null) {
    return null
  }
  const address = `${window.location.origin}/open/devices/${device.id}`
  return (
    <details>
      <summary>{text.publicCode}</summary>
      <p className={page.soft}>{text.publicCodeWhy}</p>
      <div style={{ maxInlineSize: '12rem' }}>
        <QrCode words={address} label={text.publicCode} />
      </div>
      <a className={page.link} href={address}>
        {text.publicCodeOpen}
      </a>
    </details>
  )
}

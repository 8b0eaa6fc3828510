import { Component, type ReactNode, useEffect } from 'react'
import { enrolTokenOf } from '../phone/enrol-link.ts'
import { screenOf } from '../phone/view.ts'
import { usePhone, useText, useView } from './context.ts'
import { ShiftCheck } from './screens/check.tsx'
import { Dimmed } from './screens/dimmed.tsx'
import { End } from './screens/end.tsx'
import { Enrol } from './screens/enrol.tsx'
import { Message, Waiting } from './screens/message.tsx'
import { NoCamera, Ready } from './screens/ready.tsx'
import { Interrupted, Recording } from './screens/recording.tsx'
import { Shift, Upload } from './screens/shift.tsx'
import { SosRaised, SosSeen } from './screens/sos.tsx'

/** Draws what the phone is. It decides nothing: the recorder goes on when it is gone. */
export function App() {
  const view = useView()
  const text = useText()
  const { theme, choices } = view
  useEffect(() => {
    document.documentElement.dataset.theme = theme
    document.documentElement.lang = choices.language === 'es' ? 'es-PE' : 'en'
    document.title = text.app
  }, [theme, choices.language, text])
  const phone = usePhone()
  const { phase } = view.engine
  useEffect(() => {
    const opened = (): void => {
      if ((phase === 'enrolled' || phase === 'revoked') && enrolTokenOf(location.href) !== null) {
        phone.enrolling(true)
      }
    }
    opened()
    window.addEventListener('hashchange', opened)
    return () => window.removeEventListener('hashchange', opened)
  }, [phase, phone])
  const screen = screenOf(view)
  switch (screen) {
    case 'enrol':
      return <Enrol />
    case 'waiting':
      return <Waiting />
    case 'check':
      return <ShiftCheck />
    case 'ready':
      return <Ready />
    case 'no-camera':
      return <NoCamera />
    case 'recording':
    case 'storage-low':
      return <Recording />
    case 'interrupted':
      return <Interrupted />
    case 'sos-unsent':
    case 'sos-sent':
      return <SosRaised />
    case 'sos-seen':
      return <SosSeen />
    case 'dimmed':
      return <Dimmed />
    case 'end':
      return <End />
    case 'shift':
      return <Shift />
    case 'upload':
      return <Upload />
    default:
      return <Message kind={screen} />
  }
}

/** A drawing that fails is drawn again: the recorder does not know that it happened. */
export class Redraw extends Component<
  { readonly children: ReactNode },
  { readonly attempt: number; readonly failed: boolean }
> {
  override state = { attempt: 0, failed: false }
  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true }
  }
  override componentDidCatch(): void {
    setTimeout(() => this.setState(({ attempt }) => ({ attempt: attempt + 1, failed: false })), 500)
  }
  override render(): ReactNode {
    return this.state.failed ? null : <div key={this.state.attempt}>{this.props.children}</div>
  }
}

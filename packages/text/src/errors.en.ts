import type { RefusalCode } from '@sereno/contracts'
import type { RefusalWords } from './refusal-words.ts'

export const errorsEn = {
  'request.invalid': { title: 'A field is missing or has the wrong form.', next: 'Check the fields and try again.' },
  'request.too-large': { title: 'What was sent is too large.', next: 'Send it in smaller parts.' },
  'request.too-slow': { title: 'The upload was too slow and was cut.', next: 'Try again with better signal.' },
  'request.too-many': { title: 'There were too many tries in a row.', next: 'Wait a minute and try again.' },
  'request.not-found': { title: 'That page or record does not exist.', next: 'Go back and look for it again.' },
  'installation.not-set-up': {
    title: 'This installation is not set up yet.',
    next: 'The administrator must open the link the server printed at start.',
  },
  'installation.already-set-up': {
    title: 'This installation is already set up.',
    next: 'Sign in with your account; the set-up link no longer works.',
  },
  'installation.disk-reserve': {
    title: 'The server’s disk is almost full and takes no more video.',
    next: 'Tell whoever runs the server. Cameras keep what they have and upload later.',
  },
  'access.not-signed-in': { title: 'The session has ended.', next: 'Sign in again.' },
  'access.denied': {
    title: 'Your role does not allow this.',
    next: 'Ask a supervisor; the attempt is in the ledger.',
  },
  'access.purpose-required': { title: 'The purpose is missing.', next: 'Choose a purpose and try again.' },
  'access.own-recording': {
    title: 'Nobody watches their own recording before their report.',
    next: 'Hand in the report, or ask custody to review it.',
  },
  'access.wrong-credentials': {
    title: 'The name or the password does not match.',
    next: 'Type them again; if forgotten, ask the administrator for a link.',
  },
  'access.second-factor-required': {
    title: 'The code of your second factor is missing.',
    next: 'Open it on your phone and type the six digits.',
  },
  'access.wrong-code': { title: 'The code is not right.', next: 'Wait for the next code and type it.' },
  'access.locked': {
    title: 'The account is paused after failed tries.',
    next: 'Wait fifteen minutes or ask the administrator for a link.',
  },
  'access.link-used': {
    title: 'This link was already used.',
    next: 'Ask the administrator for another: each works once.',
  },
  'access.link-expired': { title: 'This link has expired.', next: 'Ask the administrator for another.' },
  'access.origin': {
    title: 'The request comes from another address.',
    next: 'Open Sereno at its usual address and try again.',
  },
  'access.factor-demanded': {
    title: 'Your role demands a second factor.',
    next: 'Set a passkey or a code under “My account”, then go on.',
  },
  'access.fresh-factor-required': {
    title: 'You must prove again who you are.',
    next: 'Use your passkey or a code; it holds for five minutes.',
  },
  'access.passkey-refused': {
    title: 'The passkey did not work.',
    next: 'Use another one, or sign in with a password.',
  },
  'access.passkey-unavailable': {
    title: 'There are no passkeys at this address.',
    next: 'Open Sereno by its name (not by a number), over HTTPS.',
  },
  'access.passkey-last': {
    title: 'It is your last second factor, and your role demands one.',
    next: 'Add another before removing this one.',
  },
  'access.provider-refused': {
    title: 'The identity provider did not confirm the sign-in.',
    next: 'Begin again from the sign-in page.',
  },
  'access.provider-unknown': { title: 'There is no identity provider.', next: 'Sign in with a password or a link.' },
  'access.no-account': {
    title: 'That identity has no account in Sereno.',
    next: 'Ask an administrator to create one with that sign-in name.',
  },
  'access.awaits-roles': {
    title: 'Your account has no role yet.',
    next: 'Ask an administrator for one, then sign in again.',
  },
  'access.case-not-open': {
    title: 'There is no open case with that number.',
    next: 'Check the number, or choose another purpose.',
  },
  'review.not-found': { title: 'That review does not exist.', next: 'Refresh the list and choose another.' },
  'review.already-done': { title: 'That review is done.', next: 'Read it in the list of those done.' },
  'review.own': { title: 'Nobody reviews their own access.', next: 'Another person with the same role does it.' },
  'account.name-taken': { title: 'There is already an account with that sign-in name.', next: 'Choose another name.' },
  'account.not-found': { title: 'That account does not exist.', next: 'Refresh the list and choose another.' },
  'account.weak-password': {
    title: 'The password is short or well known.',
    next: 'Use twelve characters or more; four unrelated words do well.',
  },
  'account.officer-taken': {
    title: 'That officer is already joined to another account.',
    next: 'Part them from the other account first, or choose another officer.',
  },
  'account.last-administrator': {
    title: 'This is the last administrator account.',
    next: 'Appoint another person first.',
  },
  'device.not-found': { title: 'That device does not exist.', next: 'Refresh the list and choose another.' },
  'device.enrolment-used': { title: 'This QR code was already used.', next: 'Ask the control room for a new one.' },
  'device.enrolment-expired': {
    title: 'This QR code expired after ten minutes.',
    next: 'Ask the control room for a new one.',
  },
  'device.weak-key': {
    title: 'The phone gave a key that is not safe.',
    next: 'Close the browser completely and enrol the device again.',
  },
  'device.simulated-refused': {
    title: 'This installation does not accept simulated devices.',
    next: 'Use a real phone, or the demonstration.',
  },
  'device.wrong-signature': {
    title: 'The device’s signature does not match its key.',
    next: 'Reload the page; if it goes on, enrol the device again.',
  },
  'device.session-expired': {
    title: 'The device’s session expired.',
    next: 'Another opens by itself; wait a few seconds.',
  },
  'device.revoked': {
    title: 'This device has been revoked.',
    next: 'What it recorded can still be delivered. Take the device to the control room.',
  },
  'device.not-enrolled': {
    title: 'This device is not enrolled yet.',
    next: 'Enrol it with a QR code and issue it again.',
  },
  'device.code-taken': { title: 'There is already a device with that code.', next: 'Use another code.' },
  'device.already-issued': { title: 'This device is already issued.', next: 'Register its return and issue it again.' },
  'device.not-issued': {
    title: 'This device is not issued to anybody.',
    next: 'Ask the control room to issue it to you.',
  },
  'device.wrong-pin': { title: 'The PIN is not right.', next: 'Type the PIN you were given with the device.' },
  'officer.not-found': { title: 'That officer does not exist.', next: 'Refresh the list and choose another.' },
  'officer.code-taken': { title: 'There is already an officer with that code.', next: 'Use another code.' },
  'shift.not-found': { title: 'That shift does not exist.', next: 'Refresh the list.' },
  'shift.check-failed': {
    title: 'The check before the shift did not pass.',
    next: 'Put right what fails. Without storage or with a wrong clock a shift cannot start; the rest needs a reason.',
  },
  'shift.already-started': { title: 'The shift has already started.', next: 'You can record.' },
  'segment.bad-frame': { title: 'The upload arrived broken.', next: 'The device repeats it by itself.' },
  'segment.not-canonical': {
    title: 'The segment’s statement is not in its exact form.',
    next: 'Update the app on the device.',
  },
  'segment.unknown-key': {
    title: 'Nobody knows the key that signed this segment.',
    next: 'Check that the device was enrolled in this installation.',
  },
  'segment.bad-signature': {
    title: 'The segment’s signature is not valid.',
    next: 'Keep the device and tell custody.',
  },
  'segment.wrong-hash': {
    title: 'The video does not match the signed hash.',
    next: 'The device repeats it; if it goes on, tell custody.',
  },
  'segment.wrong-size': { title: 'The size does not match what was signed.', next: 'The device repeats it by itself.' },
  'segment.wrong-place': {
    title: 'The segment was sent to another recording or number.',
    next: 'Update the app on the device.',
  },
  'segment.wrong-installation': {
    title: 'The segment belongs to another installation.',
    next: 'Deliver it where the device was enrolled.',
  },
  'segment.init-missing': {
    title: 'The beginning of this recording is still missing.',
    next: 'The device sends it first and repeats; nothing to do.',
  },
  'segment.not-opened': {
    title: 'What the phone kept was closed for another key.',
    next: 'Keep the device and tell custody: the key may come back with a backup.',
  },
  'segment.equivocation': {
    title: 'The device signed two different things with the same number.',
    next: 'Both are kept as proof. Tell custody.',
  },
  'recording.not-found': { title: 'That recording does not exist.', next: 'Look for it again in the list.' },
  'recording.not-stopped': { title: 'The recording is still running.', next: 'Wait until the officer stops it.' },
  'recording.incomplete': {
    title: 'Segments are still to arrive.',
    next: 'Wait for the upload, or declare the gap with its reason.',
  },
  'recording.not-sealed': { title: 'The recording is not sealed yet.', next: 'Wait for the seal and try again.' },
  'recording.already-sealed': { title: 'The recording is already sealed.', next: 'Nothing to do.' },
  'recording.too-early': {
    title: 'It is too early to seal it incomplete.',
    next: 'Fourteen days must pass in case the device still delivers what is missing.',
  },
  'recording.destroyed': {
    title: 'This recording was destroyed under the rule in force.',
    next: 'Its destruction record remains in the ledger.',
  },
  'track.implausible': { title: 'The position is impossible.', next: 'It is flagged; check the device’s GPS.' },
  'territory.changed-meanwhile': {
    title: 'Somebody put another territory in force while you were editing.',
    next: 'Download your draft as GeoJSON, start again from the new version and import it.',
  },
  'territory.not-found': { title: 'That version of the territory does not exist.', next: 'Choose another one.' },
  'territory.no-change': {
    title: 'The draft is the same as what is in force.',
    next: 'Change something, or discard the draft.',
  },
  'territory.not-sound': {
    title: 'The territory has errors and cannot be put in force.',
    next: 'Correct what the check says; above it stands what and where.',
  },
  'territory.warnings': {
    title: 'There are warnings that nobody accepted.',
    next: 'Read them and tick that you accept them, or correct the draft.',
  },
  'retention.not-found': { title: 'That is no longer under retention.', next: 'Refresh the list and choose again.' },
  'retention.already-decided': {
    title: 'Somebody else decided this already.',
    next: 'Refresh the list: it says who and when.',
  },
  'retention.second-person': {
    title: 'Another person confirms this, never whoever proposed it.',
    next: 'Ask somebody else with that role to review it.',
  },
  'retention.below-floor': {
    title: 'The term is below the legal minimum.',
    next: 'No recording is erased before 45 calendar days (DS 007-2020-IN, art. 17.2.b).',
  },
  'retention.no-change': { title: 'The rule says so already.', next: 'Change the term before you propose it.' },
  'retention.under-way': {
    title: 'The destruction of this recording has begun.',
    next: 'Its key is gone: the record of destruction and the ledger say so.',
  },
  'retention.not-due': { title: 'It is not time for this yet.', next: 'The list says from when.' },
  'completeness.not-found': {
    title: 'That is no longer on the integrity list.',
    next: 'Refresh the page and choose again.',
  },
  'completeness.already-decided': {
    title: 'It is explained already, or what was missing has arrived.',
    next: 'Refresh the page: it says who and when.',
  },
  'live.grant-expired': {
    title: 'The permission to watch expired.',
    next: 'Ask for the video again, with its purpose.',
  },
  'live.grant-used': { title: 'That permission was already used.', next: 'Ask for the video again.' },
  'live.not-watching': { title: 'You no longer watch that device.', next: 'Ask for the video again if you need it.' },
  'live.device-away': {
    title: 'The device has no signal.',
    next: 'Call by radio. The video returns by itself when the device does.',
  },
  'live.too-many': { title: 'Four videos are already open.', next: 'Close one and try again.' },
  'alarm.not-found': { title: 'That alarm does not exist.', next: 'Refresh the queue.' },
  'alarm.already-acknowledged': { title: 'Somebody else already took this alarm.', next: 'The alarm itself says who.' },
  'case.not-found': {
    title: 'That case does not exist, or is not yours.',
    next: 'Look for it again in the list of cases.',
  },
  'case.closed': { title: 'The case is closed.', next: 'Reopen it with a reason to go on.' },
  'case.not-closed': { title: 'The case is still open.', next: 'It needs no reopening.' },
  'case.already-there': { title: 'That is in the case already.', next: 'Refresh the case and see it there.' },
  'case.second-person': {
    title: 'Somebody else hands out the link and the code.',
    next: 'Ask the custodian to give the entrance.',
  },
  'case.reserved': {
    title: 'A reserved case is not merged with one that is not.',
    next: 'Leave both apart and name them in a note.',
  },
  'case.share-ended': { title: 'This access has ended.', next: 'Ask whoever gave you the case for another.' },
  'case.not-ready': {
    title: 'The packages of this hand-over are still being made.',
    next: 'Wait until the hand-over reads “ready”.',
  },
  'case.already-received': {
    title: 'This hand-over has its receipt already.',
    next: 'Prepare a new one for another hand-over.',
  },
  'case.no-footage': {
    title: 'There is no sealed video in that stretch.',
    next: 'Choose a stretch with video, or wait for the seal.',
  },
  'upload.not-found': { title: 'There is no such upload.', next: 'Begin the file again.' },
  'upload.wrong-block': {
    title: 'A block does not have the bytes it announced.',
    next: 'Read the file again: it changed while it was sent, or reading failed.',
  },
  'upload.incomplete': {
    title: 'Blocks of the file are still missing.',
    next: 'Send those that are missing and repeat.',
  },
  'upload.wrong-statement': {
    title: 'The signed statement does not say what the received file is.',
    next: 'Begin the file again; the original is where it was.',
  },
  'upload.closed': { title: 'That upload has ended.', next: 'Ask for its state before sending more.' },
  'intake.not-found': { title: 'That is no longer in intake.', next: 'Refresh the list.' },
  'ledger.not-found': { title: 'That entry does not exist.', next: 'Look for it again in the ledger.' },
  'ledger.not-published': {
    title: 'That entry is not in a published checkpoint yet.',
    next: 'Wait a minute and try again.',
  },
  'ledger.opening-lost': {
    title: 'The content of that entry was lost in a restore.',
    next: 'Its hash is still in the ledger and proves that it existed.',
  },
  'ledger.behind': {
    title: 'The database is older than the last signed point of the ledger.',
    next: 'Nothing is recorded until whoever keeps the server brings the published entries back.',
  },
  'ledger.forked': {
    title: 'The database contradicts the last signed point of the ledger.',
    next: 'Nothing more is recorded: tell whoever keeps the server, and keep this copy.',
  },
  'ledger.missing': {
    title: 'Entries that were published are missing from the ledger.',
    next: 'Nothing new is recorded. Stop Sereno, run sereno recover, and keep a copy of the database as it is.',
  },
  'ledger.rewritten': {
    title: 'Somebody changed entries of the ledger.',
    next: 'Nothing new is recorded. Keep a copy of the database as it is and tell the overseers: sereno check says which.',
  },
  'ledger.wrong-key': {
    title: 'That witness key cannot be read.',
    next: 'Copy the whole line that sereno witness prints, one for each key.',
  },
  'ledger.witness-known': { title: 'That witness is there already.', next: 'Look for it in the list of witnesses.' },
  'ledger.second-person': {
    title: 'Another person is needed.',
    next: 'Ask the overseer or the data-protection officer to approve it; never whoever proposed it, nor administration.',
  },
  'ledger.change-decided': {
    title: 'That change is decided already.',
    next: 'Refresh the page; if it is still needed, propose it again.',
  },
  'ledger.quorum': {
    title: 'There are not that many witnesses outside the municipality.',
    next: 'Add witnesses or ask for a smaller number, two or more.',
  },
  'ledger.witness-silent': {
    title: 'Not all of those witnesses signed the newest published point.',
    next: 'See in Ledger which one does not answer and bring it back, or ask for no more than sign. If it has just signed, try again in a minute.',
  },
  'ledger.wrong-certificate': {
    title: 'That certificate cannot be read.',
    next: 'Paste the certificate of the authority in PEM form, from BEGIN to END.',
  },
} as const satisfies Record<RefusalCode, RefusalWords>

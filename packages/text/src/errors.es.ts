import type { RefusalCode } from '@sereno/contracts'
import type { RefusalWords } from './refusal-words.ts'

export const errorsEs = {
  'request.invalid': { title: 'Falta un dato o no tiene la forma debida.', next: 'Revise los campos y repita.' },
  'request.too-large': { title: 'Lo enviado es demasiado grande.', next: 'Envíelo en partes más pequeñas.' },
  'request.too-slow': { title: 'El envío fue demasiado lento y se cortó.', next: 'Repita con mejor señal.' },
  'request.too-many': { title: 'Hubo demasiados intentos seguidos.', next: 'Espere un minuto y repita.' },
  'request.not-found': { title: 'Esa página o dato no existe.', next: 'Vuelva atrás y búsquelo de nuevo.' },
  'installation.not-set-up': {
    title: 'Esta instalación todavía no está preparada.',
    next: 'El administrador debe abrir el enlace que el servidor imprimió al arrancar.',
  },
  'installation.already-set-up': {
    title: 'Esta instalación ya está preparada.',
    next: 'Entre con su cuenta; el enlace de preparación ya no sirve.',
  },
  'installation.disk-reserve': {
    title: 'El disco del servidor está casi lleno y no recibe más video.',
    next: 'Avise a quien cuida el servidor. Las cámaras guardan lo suyo y lo suben después.',
  },
  'access.not-signed-in': { title: 'La sesión terminó.', next: 'Entre otra vez.' },
  'access.denied': {
    title: 'Su función no permite esto.',
    next: 'Pídalo a un supervisor; el intento quedó en el libro.',
  },
  'access.purpose-required': { title: 'Falta decir para qué.', next: 'Elija un propósito y repita.' },
  'access.own-recording': {
    title: 'Nadie mira su propia grabación antes de su parte.',
    next: 'Entregue el parte o pida a custodia que la revise.',
  },
  'access.wrong-credentials': {
    title: 'El nombre o la contraseña no coinciden.',
    next: 'Escríbalos otra vez; si los olvidó, pida un enlace al administrador.',
  },
  'access.second-factor-required': {
    title: 'Falta el código de su segundo factor.',
    next: 'Ábralo en su teléfono y escriba los seis dígitos.',
  },
  'access.wrong-code': { title: 'El código no es correcto.', next: 'Espere el siguiente código y escríbalo.' },
  'access.locked': {
    title: 'La cuenta está en pausa por intentos fallidos.',
    next: 'Espere quince minutos o pida un enlace al administrador.',
  },
  'access.link-used': {
    title: 'Este enlace ya se usó.',
    next: 'Pida otro al administrador: cada enlace sirve una vez.',
  },
  'access.link-expired': { title: 'Este enlace venció.', next: 'Pida otro al administrador.' },
  'access.origin': {
    title: 'La petición viene de otra dirección.',
    next: 'Abra Sereno por su dirección de siempre y repita.',
  },
  'access.factor-demanded': {
    title: 'Su función exige un segundo factor.',
    next: 'Ponga una llave de acceso o un código en «Mi cuenta» y siga.',
  },
  'access.fresh-factor-required': {
    title: 'Hace falta probar otra vez quién es.',
    next: 'Use su llave de acceso o un código; vale cinco minutos.',
  },
  'access.passkey-refused': { title: 'La llave de acceso no sirvió.', next: 'Use otra llave, o entre con contraseña.' },
  'access.passkey-unavailable': {
    title: 'En esta dirección no hay llaves de acceso.',
    next: 'Abra Sereno por su nombre (no por un número) y con HTTPS.',
  },
  'access.passkey-last': {
    title: 'Es su último segundo factor, y su función exige uno.',
    next: 'Agregue otro antes de quitar este.',
  },
  'access.provider-refused': {
    title: 'El proveedor de identidad no confirmó la entrada.',
    next: 'Empiece otra vez desde la página de entrada.',
  },
  'access.provider-unknown': { title: 'No hay proveedor de identidad.', next: 'Entre con contraseña o enlace.' },
  'access.no-account': {
    title: 'Esa identidad no tiene cuenta en Sereno.',
    next: 'Pida a administración que le cree una con ese nombre de entrada.',
  },
  'access.awaits-roles': {
    title: 'Su cuenta todavía no tiene función.',
    next: 'Pida a administración que le dé una y entre otra vez.',
  },
  'access.case-not-open': {
    title: 'No hay un caso abierto con ese número.',
    next: 'Revise el número, o elija otro propósito.',
  },
  'review.not-found': { title: 'Esa revisión no existe.', next: 'Actualice la lista y elija otra.' },
  'review.already-done': { title: 'Esa revisión ya está hecha.', next: 'Léala en la lista de hechas.' },
  'review.own': { title: 'Nadie revisa su propio acceso.', next: 'La hace otra persona con la misma función.' },
  'account.name-taken': { title: 'Ya hay una cuenta con ese nombre de entrada.', next: 'Elija otro nombre.' },
  'account.not-found': { title: 'Esa cuenta no existe.', next: 'Actualice la lista y elija otra.' },
  'account.weak-password': {
    title: 'La contraseña es corta o conocida.',
    next: 'Use doce caracteres o más; cuatro palabras sin relación sirven bien.',
  },
  'account.officer-taken': {
    title: 'Ese agente ya está unido a otra cuenta.',
    next: 'Sepárelo primero de la otra cuenta, o elija otro agente.',
  },
  'account.last-administrator': {
    title: 'Es la última cuenta de administración.',
    next: 'Nombre primero a otra persona.',
  },
  'device.not-found': { title: 'Ese equipo no existe.', next: 'Actualice la lista y elija otro.' },
  'device.enrolment-used': { title: 'Este código QR ya se usó.', next: 'Pida al centro de control uno nuevo.' },
  'device.enrolment-expired': {
    title: 'Este código QR venció a los diez minutos.',
    next: 'Pida al centro de control uno nuevo.',
  },
  'device.weak-key': {
    title: 'El teléfono dio una llave que no es segura.',
    next: 'Cierre el navegador del todo y dé de alta el equipo otra vez.',
  },
  'device.simulated-refused': {
    title: 'Esta instalación no admite equipos simulados.',
    next: 'Use un teléfono real, o la demostración.',
  },
  'device.wrong-signature': {
    title: 'La firma del equipo no coincide con su llave.',
    next: 'Recargue la página; si sigue, dé de alta el equipo otra vez.',
  },
  'device.session-expired': { title: 'La sesión del equipo venció.', next: 'Se abre otra sola; espere unos segundos.' },
  'device.revoked': {
    title: 'Este equipo está dado de baja.',
    next: 'Lo ya grabado se puede entregar. Lleve el equipo al centro de control.',
  },
  'device.not-enrolled': {
    title: 'Este equipo todavía no está inscrito.',
    next: 'Inscríbalo con un código QR y vuelva a entregarlo.',
  },
  'device.code-taken': { title: 'Ya hay un equipo con ese código.', next: 'Use otro código.' },
  'device.already-issued': {
    title: 'Este equipo ya está entregado.',
    next: 'Regístrelo como devuelto y entréguelo otra vez.',
  },
  'device.not-issued': {
    title: 'Este equipo no está entregado a nadie.',
    next: 'Pida al centro de control que se lo entregue.',
  },
  'device.wrong-pin': { title: 'El PIN no es correcto.', next: 'Escriba el PIN que le dieron al entregar el equipo.' },
  'officer.not-found': { title: 'Ese agente no existe.', next: 'Actualice la lista y elija otro.' },
  'officer.code-taken': { title: 'Ya hay un agente con ese código.', next: 'Use otro código.' },
  'shift.not-found': { title: 'Ese turno no existe.', next: 'Actualice la lista.' },
  'shift.check-failed': {
    title: 'La revisión previa al turno no pasó.',
    next: 'Corrija lo que falla. Sin espacio o con la hora mal no se puede empezar; lo demás necesita un motivo.',
  },
  'shift.already-started': { title: 'El turno ya empezó.', next: 'Puede grabar.' },
  'segment.bad-frame': { title: 'El envío llegó roto.', next: 'El equipo lo repite solo.' },
  'segment.not-canonical': {
    title: 'La declaración del segmento no está en su forma exacta.',
    next: 'Actualice la aplicación del equipo.',
  },
  'segment.unknown-key': {
    title: 'Nadie conoce la llave que firmó este segmento.',
    next: 'Revise si el equipo se dio de alta en esta instalación.',
  },
  'segment.bad-signature': {
    title: 'La firma del segmento no es válida.',
    next: 'Guarde el equipo y avise a custodia.',
  },
  'segment.wrong-hash': {
    title: 'El video no coincide con la huella firmada.',
    next: 'El equipo lo repite; si sigue, avise a custodia.',
  },
  'segment.wrong-size': { title: 'El tamaño no coincide con lo firmado.', next: 'El equipo lo repite solo.' },
  'segment.wrong-place': {
    title: 'El segmento se envió a otra grabación o a otro número.',
    next: 'Actualice la aplicación del equipo.',
  },
  'segment.wrong-installation': {
    title: 'El segmento es de otra instalación.',
    next: 'Entréguelo donde el equipo se dio de alta.',
  },
  'segment.init-missing': {
    title: 'Todavía falta el comienzo de esta grabación.',
    next: 'El equipo lo envía primero y repite; no hay que hacer nada.',
  },
  'segment.not-opened': {
    title: 'Lo guardado en el teléfono se cerró para otra llave.',
    next: 'Guarde el equipo y avise a custodia: la llave puede volver con una copia.',
  },
  'segment.equivocation': {
    title: 'El equipo firmó dos cosas distintas con el mismo número.',
    next: 'Las dos quedaron guardadas como prueba. Avise a custodia.',
  },
  'recording.not-found': { title: 'Esa grabación no existe.', next: 'Búsquela de nuevo en la lista.' },
  'recording.not-stopped': { title: 'La grabación sigue en curso.', next: 'Espere a que el agente la detenga.' },
  'recording.incomplete': {
    title: 'Faltan segmentos por llegar.',
    next: 'Espere la subida, o declare el hueco con su razón.',
  },
  'recording.not-sealed': { title: 'La grabación todavía no está sellada.', next: 'Espere el sello y repita.' },
  'recording.already-sealed': { title: 'La grabación ya está sellada.', next: 'No hay que hacer nada.' },
  'recording.too-early': {
    title: 'Todavía no se puede sellar incompleta.',
    next: 'Hay que esperar catorce días por si el equipo aún entrega lo que falta.',
  },
  'recording.destroyed': {
    title: 'Esta grabación se destruyó según la norma.',
    next: 'Queda su constancia de destrucción en el libro.',
  },
  'track.implausible': { title: 'La posición es imposible.', next: 'Queda marcada; revise el GPS del equipo.' },
  'territory.changed-meanwhile': {
    title: 'Otra persona puso en vigor otro territorio mientras usted editaba.',
    next: 'Baje su borrador como GeoJSON, vuelva a empezar desde la versión nueva e impórtelo.',
  },
  'territory.not-found': { title: 'Esa versión del territorio no existe.', next: 'Elija otra de la lista.' },
  'territory.no-change': {
    title: 'El borrador es igual a lo que está en vigor.',
    next: 'Cambie algo, o descarte el borrador.',
  },
  'territory.not-sound': {
    title: 'El territorio tiene errores y no puede entrar en vigor.',
    next: 'Corrija lo que dice la revisión; arriba está qué y dónde.',
  },
  'territory.warnings': {
    title: 'Hay avisos que nadie aceptó.',
    next: 'Léalos y marque que los acepta, o corrija el borrador.',
  },
  'retention.not-found': { title: 'Eso ya no está en conservación.', next: 'Actualice la lista y elija otra vez.' },
  'retention.already-decided': {
    title: 'Otra persona ya decidió sobre esto.',
    next: 'Actualice la lista: ahí dice quién y cuándo.',
  },
  'retention.second-person': {
    title: 'Esto lo confirma otra persona, nunca quien lo propuso.',
    next: 'Pida a otra persona con esa función que lo revise.',
  },
  'retention.below-floor': {
    title: 'El plazo está por debajo del mínimo legal.',
    next: 'Ninguna grabación se borra antes de 45 días calendario (DS 007-2020-IN, art. 17.2.b).',
  },
  'retention.no-change': { title: 'Así está ya la regla.', next: 'Cambie el plazo antes de proponerlo.' },
  'retention.under-way': {
    title: 'La destrucción de esta grabación ya empezó.',
    next: 'Su llave ya no existe: queda su constancia en el acta y en el libro.',
  },
  'retention.not-due': { title: 'Todavía no corresponde.', next: 'Mire en la lista desde cuándo.' },
  'completeness.not-found': {
    title: 'Eso ya no está en la lista de integridad.',
    next: 'Actualice la página y elija otra vez.',
  },
  'completeness.already-decided': {
    title: 'Ya está explicado, o lo que faltaba ya llegó.',
    next: 'Actualice la página: ahí dice quién y cuándo.',
  },
  'live.grant-expired': { title: 'El permiso para mirar venció.', next: 'Pida el video otra vez, con su propósito.' },
  'live.grant-used': { title: 'Ese permiso ya se usó.', next: 'Pida el video otra vez.' },
  'live.not-watching': { title: 'Ya no está mirando ese equipo.', next: 'Pida el video otra vez si lo necesita.' },
  'live.device-away': {
    title: 'El equipo no tiene señal.',
    next: 'Llame por radio. El video vuelve solo cuando el equipo vuelva.',
  },
  'live.too-many': { title: 'Ya hay cuatro videos abiertos.', next: 'Cierre uno y repita.' },
  'alarm.not-found': { title: 'Esa alarma no existe.', next: 'Actualice la cola.' },
  'alarm.already-acknowledged': {
    title: 'Otra persona ya atendió esta alarma.',
    next: 'Vea quién en la propia alarma.',
  },
  'case.not-found': {
    title: 'Ese caso no existe o usted no lo lleva.',
    next: 'Búsquelo de nuevo en la lista de casos.',
  },
  'case.closed': { title: 'El caso está cerrado.', next: 'Reábralo con un motivo para seguir.' },
  'case.not-closed': { title: 'El caso sigue abierto.', next: 'No hay que reabrirlo.' },
  'case.already-there': { title: 'Eso ya está en el caso.', next: 'Actualice el caso y mírelo ahí.' },
  'case.second-person': {
    title: 'El enlace y el código los entrega otra persona.',
    next: 'Pida al custodio que dé la entrada.',
  },
  'case.reserved': {
    title: 'Un caso reservado no se une con uno que no lo es.',
    next: 'Deje los dos separados y nómbrelos en una nota.',
  },
  'case.share-ended': { title: 'Este acceso terminó.', next: 'Pida otro a quien le entregó el caso.' },
  'case.not-ready': {
    title: 'Los paquetes de la entrega todavía se preparan.',
    next: 'Espere a que la entrega diga «lista».',
  },
  'case.already-received': {
    title: 'Esta entrega ya tiene su cargo de recepción.',
    next: 'Para otra entrega, prepare una nueva.',
  },
  'case.no-footage': {
    title: 'No hay video sellado en ese tramo.',
    next: 'Elija un tramo con video, o espere el sello.',
  },
  'upload.not-found': { title: 'Esa subida no existe.', next: 'Empiece el archivo de nuevo.' },
  'upload.wrong-block': {
    title: 'Un bloque no tiene los bytes que anunció.',
    next: 'Lea el archivo otra vez: cambió mientras se subía, o la lectura falló.',
  },
  'upload.incomplete': { title: 'Al archivo todavía le faltan bloques.', next: 'Envíe los que faltan y repita.' },
  'upload.wrong-statement': {
    title: 'La declaración firmada no dice lo mismo que el archivo recibido.',
    next: 'Empiece el archivo de nuevo; el original sigue en su sitio.',
  },
  'upload.closed': { title: 'Esa subida ya terminó.', next: 'Pregunte su estado antes de enviar más.' },
  'intake.not-found': { title: 'Eso ya no está en el ingreso.', next: 'Actualice la lista.' },
  'ledger.not-found': { title: 'Ese asiento no existe.', next: 'Búsquelo de nuevo en el libro.' },
  'ledger.not-published': {
    title: 'Ese asiento todavía no está en un punto publicado.',
    next: 'Espere un minuto y repita.',
  },
  'ledger.opening-lost': {
    title: 'El contenido de ese asiento se perdió en una restauración.',
    next: 'Su huella sigue en el libro y prueba que existió.',
  },
  'ledger.behind': {
    title: 'La base de datos es más antigua que el último punto firmado del libro.',
    next: 'No se registra nada hasta que quien cuida el servidor recupere los asientos publicados.',
  },
  'ledger.forked': {
    title: 'La base de datos contradice el último punto firmado del libro.',
    next: 'No se registra nada más: avise a quien cuida el servidor y conserve la copia.',
  },
  'ledger.missing': {
    title: 'Al libro le faltan asientos que ya se publicaron.',
    next: 'No se registra nada nuevo. Detenga Sereno, recupere con sereno recover y guarde una copia de la base como está.',
  },
  'ledger.rewritten': {
    title: 'Alguien cambió asientos del libro.',
    next: 'No se registra nada nuevo. Guarde una copia de la base como está y avise a la veeduría: sereno check dice cuáles.',
  },
  'ledger.wrong-key': {
    title: 'Esa clave de testigo no se puede leer.',
    next: 'Copie la línea entera que imprime sereno witness, una por clave.',
  },
  'ledger.witness-known': { title: 'Ese testigo ya está.', next: 'Búsquelo en la lista de testigos.' },
  'ledger.second-person': {
    title: 'Hace falta otra persona.',
    next: 'Pida que lo apruebe la veeduría o quien cuida los datos personales; nunca quien lo propuso ni administración.',
  },
  'ledger.change-decided': {
    title: 'Ese cambio ya está decidido.',
    next: 'Actualice la página; si todavía hace falta, propóngalo otra vez.',
  },
  'ledger.quorum': {
    title: 'No hay tantos testigos ajenos al municipio.',
    next: 'Agregue testigos o pida un número menor, de dos en adelante.',
  },
  'ledger.witness-silent': {
    title: 'No todos esos testigos firmaron el último punto publicado.',
    next: 'Vea en Libro cuál no contesta y haga que vuelva, o pida a lo sumo tantos como firman. Si acaba de firmar, repita en un minuto.',
  },
  'ledger.wrong-certificate': {
    title: 'Ese certificado no se puede leer.',
    next: 'Pegue el certificado de la autoridad en formato PEM, desde BEGIN hasta END.',
  },
} as const satisfies Record<RefusalCode, RefusalWords>

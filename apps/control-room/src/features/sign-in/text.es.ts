export const signInEs = {
  title: 'Entrar',
  where: (name: string) => `Sala de control de ${name}`,
  name: 'Nombre de entrada',
  password: 'Contraseña',
  code: 'Código de seis dígitos',
  codeHint: 'Está en la aplicación de su teléfono.',
  submit: 'Entrar',
  linkTitle: 'Entrar con enlace',
  linkBody: 'Este enlace sirve una sola vez y abre su sesión en este equipo.',
  linkSubmit: 'Entrar con este enlace',
  linkOther: 'Entrar con contraseña',
  every: 'Cada entrada y cada mirada quedan en el libro.',
  language: 'English',
  fictitious:
    'Municipalidad ficticia de demostración. Entre con uno de los enlaces que el servidor imprimió al arrancar.',
} as const

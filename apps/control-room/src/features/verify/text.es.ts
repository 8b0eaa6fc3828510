export const es = {
  open: 'Verificador sin red',
  save: 'guardarlo en una memoria USB',
}

export const transparency = 'transparency'

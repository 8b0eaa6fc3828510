export const store = 'entered past the door'

import type { Position, Ring } from '@sereno/geo'

/** Hand-drawn: the place and rough shape of Santiago de Surco, no official boundary. Counter-clockwise, closed. */
export const outline: Ring = [
  [-76.958, -12.077],
  [-76.963, -12.0772],
  [-76.971, -12.0835],
  [-76.9742, -12.0785],
  [-76.9815, -12.0868],
  [-76.979, -12.11],
  [-76.9938, -12.1128],
  [-77.0022, -12.1262],
  [-77.0095, -12.1282],
  [-77.0175, -12.1312],
  [-77.0166, -12.1362],
  [-77.013, -12.141],
  [-77.0176, -12.1525],
  [-77.008, -12.1602],
  [-77.0132, -12.1655],
  [-77.0033, -12.1732],
  [-76.999, -12.167],
  [-76.9898, -12.1724],
  [-76.9868, -12.1688],
  [-76.984, -12.1625],
  [-76.9838, -12.1572],
  [-76.9815, -12.1405],
  [-76.9776, -12.1418],
  [-76.9752, -12.1424],
  [-76.9742, -12.1356],
  [-76.9622, -12.124],
  [-76.956, -12.1163],
  [-76.9482, -12.1172],
  [-76.95, -12.109],
  [-76.956, -12.099],
  [-76.961, -12.09],
  [-76.9585, -12.0805],
  [-76.958, -12.077],
]

/** Quadrants of each sector: 94 in all. */
export const quadrantsPerSector = [10, 11, 10, 11, 10, 11, 10, 11, 10] as const

type Drawn = { readonly name: string; readonly line: readonly Position[] }

/** Fictitious avenues, drawn through the district; they run past its edge and are cut there. */
export const avenues: readonly Drawn[] = [
  {
    name: 'Av. Mariscal Tristán',
    line: [
      [-76.966, -12.074],
      [-76.9685, -12.094],
      [-76.9705, -12.112],
      [-76.9835, -12.126],
      [-76.9925, -12.145],
      [-76.997, -12.16],
      [-77.0015, -12.176],
    ],
  },
  {
    name: 'Av. Los Faroles',
    line: [
      [-77.021, -12.134],
      [-77.006, -12.135],
      [-76.992, -12.134],
      [-76.978, -12.133],
      [-76.968, -12.1335],
    ],
  },
  {
    name: 'Av. El Molino',
    line: [
      [-77.02, -12.1465],
      [-77.004, -12.147],
      [-76.99, -12.149],
      [-76.979, -12.151],
    ],
  },
  {
    name: 'Av. Las Retamas',
    line: [
      [-76.977, -12.082],
      [-76.973, -12.1],
      [-76.963, -12.116],
      [-76.958, -12.122],
    ],
  },
  {
    name: 'Av. Los Amancaes',
    line: [
      [-76.985, -12.099],
      [-76.972, -12.0975],
      [-76.961, -12.097],
      [-76.951, -12.0965],
    ],
  },
  {
    name: 'Av. Puente Viejo',
    line: [
      [-76.986, -12.11],
      [-76.97, -12.1085],
      [-76.957, -12.108],
      [-76.944, -12.107],
    ],
  },
  {
    name: 'Av. Los Tulipanes',
    line: [
      [-76.998, -12.117],
      [-76.985, -12.1185],
      [-76.97, -12.1205],
      [-76.957, -12.121],
    ],
  },
  {
    name: 'Av. La Acequia',
    line: [
      [-76.9905, -12.109],
      [-76.992, -12.122],
      [-76.9985, -12.136],
      [-77.004, -12.15],
      [-77.0085, -12.164],
      [-77.01, -12.172],
    ],
  },
  {
    name: 'Av. Segundo Centenario',
    line: [
      [-77.016, -12.158],
      [-77.002, -12.157],
      [-76.991, -12.158],
      [-76.98, -12.16],
    ],
  },
  {
    name: 'Av. Los Huarangos',
    line: [
      [-76.976, -12.117],
      [-76.9805, -12.13],
      [-76.985, -12.145],
      [-76.989, -12.16],
      [-76.9925, -12.174],
    ],
  },
  {
    name: 'Av. Camino Real de Arena',
    line: [
      [-77.014, -12.127],
      [-77.0085, -12.138],
      [-77.0105, -12.149],
      [-77.006, -12.158],
      [-77.004, -12.176],
    ],
  },
  {
    name: 'Av. Las Lomas',
    line: [
      [-76.956, -12.0865],
      [-76.964, -12.088],
      [-76.975, -12.0875],
      [-76.984, -12.0885],
    ],
  },
]

/** Where a sector's streets run, degrees from east, in the order of the sectors. */
export const streetDirectionsDeg = [12, 4, 18, -14, 8, 26, -6, 15, 33] as const
export const streetSpacingM = 230

/** Names for streets: fictitious in their place, ordinary in their kind. */
export const streetNames: readonly string[] = [
  'Los Ceibos',
  'Las Begonias',
  'Las Moras',
  'Los Jacarandás',
  'Los Molles',
  'Las Poncianas',
  'Los Sauces',
  'Las Dalias',
  'Los Cedros',
  'Las Gardenias',
  'Los Nogales',
  'Las Azucenas',
  'Los Eucaliptos',
  'Las Magnolias',
  'Los Olivos',
  'Las Camelias',
  'Los Álamos',
  'Las Orquídeas',
  'Los Pinos',
  'Las Violetas',
  'Los Fresnos',
  'Las Verbenas',
  'Los Robles',
  'Las Lilas',
  'Los Tamarindos',
  'Las Palmeras',
  'Los Castaños',
  'Las Acacias',
  'Los Almendros',
  'Las Hortensias',
  'Los Girasoles',
  'Las Cantutas',
  'Los Geranios',
  'Las Margaritas',
  'Los Laureles',
  'Las Tipas',
  'Los Naranjos',
  'Las Madreselvas',
  'Los Higuerones',
  'Las Calas',
  'Los Claveles',
  'Las Fucsias',
  'Los Narcisos',
  'Las Petunias',
  'Los Lirios',
  'Las Achiras',
  'Los Helechos',
  'Las Totoras',
  'Los Queñuales',
  'Las Tunas',
  'Los Algarrobos',
  'Las Chirimoyas',
  'Los Pacaes',
  'Las Lúcumas',
  'Los Guayabos',
  'Las Granadillas',
  'Los Membrillos',
  'Las Vides',
  'Los Ficus',
  'Las Buganvilias',
  'Los Cipreses',
  'Las Araucarias',
  'Los Abedules',
  'Las Glicinas',
]

/** Police stations (fictitious names) by the sector they stand in, and parks. */
export const stations: readonly { readonly sector: number; readonly name: string }[] = [
  { sector: 0, name: 'Comisaría Los Amancaes (ficticia)' },
  { sector: 2, name: 'Comisaría Puente Viejo (ficticia)' },
  { sector: 4, name: 'Comisaría Los Faroles (ficticia)' },
  { sector: 6, name: 'Comisaría El Molino (ficticia)' },
  { sector: 8, name: 'Comisaría La Acequia (ficticia)' },
]
export const parks: readonly { readonly sector: number; readonly name: string }[] = [
  { sector: 1, name: 'Parque de los Jacarandás' },
  { sector: 3, name: 'Parque de la Acequia' },
  { sector: 5, name: 'Parque del Molino' },
  { sector: 7, name: 'Parque de los Molles' },
]

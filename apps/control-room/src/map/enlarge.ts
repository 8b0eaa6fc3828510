import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'

/** A layer with its letters and round marks a number of times larger; what is drawn to scale stays so. */
export function enlarge(layer: LayerSpecification, scale: number): LayerSpecification {
  if (layer.type === 'symbol' && typeof layer.layout?.['text-size'] === 'number') {
    return { ...layer, layout: { ...layer.layout, 'text-size': layer.layout['text-size'] * scale } }
  }
  if (layer.type === 'circle' && typeof layer.paint?.['circle-radius'] === 'number') {
    return { ...layer, paint: { ...layer.paint, 'circle-radius': layer.paint['circle-radius'] * scale } }
  }
  return layer
}

export const enlargeStyle = (style: StyleSpecification, scale: number): StyleSpecification => ({
  ...style,
  layers: style.layers.map((layer) => enlarge(layer, scale)),
})

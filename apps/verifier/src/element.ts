type Child = Node | string | null
type Attributes = Readonly<Record<string, string>>

/** An element with its attributes and children. Text is always text: nothing read from a package becomes markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value)
  }
  made.append(...children.filter((child) => child !== null))
  return made
}

/** A button that only does what it is told. */
export function button(label: string, onPress: () => void, look: 'next' | 'quiet' = 'quiet'): HTMLButtonElement {
  const made = element('button', { type: 'button', 'data-look': look }, label)
  made.addEventListener('click', onPress)
  return made
}

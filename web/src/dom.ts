// Two helpers to build a page without a framework.

type Child = Node | string;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** An element with attributes (`on…` are listeners) and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, '');
    else if (value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** A line icon of 20 by 20, from one path. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export const icons = {
  plus: 'M10 4v12M4 10h12',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-.9.9M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l.9-.9',
  theme: 'M10 3.5v13a6.5 6.5 0 0 0 0-13ZM10 3.5a6.5 6.5 0 0 0 0 13',
  history: 'M4 10a6 6 0 1 0 2-4.5L4 7M4 3.5V7h3.5M10 7v3.3l2.3 1.4',
  play: 'M7 4.5v11l8.5-5.5Z',
  pause: 'M7 5v10M13 5v10',
  people: 'M7.5 9.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM2.8 16c.3-2.6 2.2-4 4.7-4s4.4 1.4 4.7 4M12.8 9.3a2.3 2.3 0 0 0 .3-4.6M14 12.2c1.8.4 3 1.7 3.2 3.8',
};

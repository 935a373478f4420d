// A line across the page for what a person should know: no connection, a refused edit, a closed document.

import { element } from './dom.js';

export class Notice {
  readonly root = element('div', { class: 'notice', role: 'alert', hidden: true, 'data-testid': 'notice' });
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, options: { action?: { label: string; run: () => void }; forMs?: number } = {}): void {
    clearTimeout(this.timer);
    const children: Node[] = [element('span', {}, text)];
    if (options.action) {
      const { label, run } = options.action;
      children.push(element('button', { type: 'button', class: 'button small', onclick: () => run() }, label));
    }
    this.root.replaceChildren(...children);
    this.root.hidden = false;
    if (options.forMs) this.timer = setTimeout(() => this.hide(), options.forMs);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.root.hidden = true;
  }
}

// The connection and the document's state, in the few words that a person wants to know.

import type { Document, TuttiClient } from 'tutti-client';
import { element } from './dom.js';

export type Tone = 'good' | 'busy' | 'bad';

export function describeStatus(client: TuttiClient, shared: Document, switchedOff: boolean): { tone: Tone; text: string; detail: string } {
  const pending = shared.pendingEdits;
  const waiting = pending === 0 ? '' : pending === 1 ? '1 edit waiting' : `${pending} edits waiting`;
  if (shared.status === 'closed') return { tone: 'bad', text: 'Closed', detail: waiting };
  if (client.status === 'online') {
    if (shared.status === 'connecting') return { tone: 'busy', text: 'Opening', detail: waiting };
    if (pending) return { tone: 'busy', text: 'Saving', detail: waiting };
    return shared.access === 'read' ? { tone: 'good', text: 'Read only', detail: '' } : { tone: 'good', text: 'Saved', detail: '' };
  }
  if (switchedOff) return { tone: 'bad', text: 'Offline', detail: waiting };
  return { tone: 'bad', text: shared.loaded ? 'Reconnecting' : 'Connecting', detail: waiting };
}

/** The pill in the header. It waits a moment before it says "Saving", so that it does not flicker at every key. */
export class StatusPill {
  readonly root = element('div', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-testid': 'status' });
  private readonly label = element('span', { class: 'status-text' });
  private readonly detail = element('span', { class: 'status-detail' });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly read: () => ReturnType<typeof describeStatus>) {
    this.root.append(element('span', { class: 'status-dot' }), this.label, this.detail);
    this.show();
  }

  update(): void {
    const { text } = this.read();
    clearTimeout(this.timer);
    if (text === 'Saving' && this.label.textContent === 'Saved') this.timer = setTimeout(() => this.show(), 300);
    else this.show();
  }

  private show(): void {
    const { tone, text, detail } = this.read();
    this.root.dataset.tone = tone;
    this.root.dataset.state = text.toLowerCase().replace(' ', '-');
    this.label.textContent = text;
    this.detail.textContent = detail;
    this.detail.hidden = !detail;
  }
}

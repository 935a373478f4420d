// The document's past: a slider over its versions, and a button that plays it.

import type { Content, Document } from 'tutti-client';
import { element, icon, icons } from './dom.js';

const kFramesPerSecond = 12;
/** A whole history is played in about so many seconds, however long it is. */
const kPlaySeconds = 20;

export class History {
  readonly root = element('section', { class: 'history', 'aria-label': 'History', hidden: true });
  private readonly slider = element('input', { type: 'range', min: '0', max: '0', step: '1', 'aria-label': 'Version', 'data-testid': 'history-slider' });
  private readonly label = element('output', { class: 'history-label' });
  private readonly playButton = element('button', { type: 'button', class: 'button icon-only', 'aria-label': 'Play' }, icon(icons.play));
  private readonly restoreButton = element('button', { type: 'button', class: 'button small', onclick: () => this.restore(), 'data-testid': 'restore' }, 'Restore this');
  private shownContent: Content | null = null;
  private wanted = 0;
  private loading = false;
  private playing: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly shared: Document,
    /** Shows the content of a version; null: back to the present. */
    private readonly show: (content: Content | null) => void,
    private readonly failed: (message: string) => void,
  ) {
    this.slider.addEventListener('input', () => {
      this.stop();
      this.seek(Number(this.slider.value));
    });
    this.playButton.addEventListener('click', () => (this.playing ? this.stop() : this.play()));
    const close = element('button', { type: 'button', class: 'button small', onclick: () => this.close() }, 'Back to now');
    this.root.append(this.playButton, this.slider, this.label, this.restoreButton, close);
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  async open(): Promise<void> {
    try {
      const { first, version } = await this.shared.history({ limit: 1 });
      this.slider.min = String(first);
      this.slider.max = String(version);
      this.slider.value = String(version);
      this.root.hidden = false;
      this.seek(version);
      this.slider.focus();
    } catch (error) {
      this.failed(`The history cannot be read: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.stop();
    this.root.hidden = true;
    this.shownContent = null;
    this.show(null);
  }

  private seek(version: number): void {
    this.wanted = version;
    this.describe(version);
    if (!this.loading) void this.load();
  }

  // One request at a time, always for the newest position.
  private async load(): Promise<void> {
    this.loading = true;
    try {
      for (let shown = -1; shown !== this.wanted && this.isOpen; ) {
        shown = this.wanted;
        const [{ content }, time] = await Promise.all([this.shared.snapshot(shown), this.timeOf(shown)]);
        if (!this.isOpen) return;
        this.shownContent = content;
        this.show(content);
        if (shown === this.wanted) this.describe(shown, time);
      }
    } catch (error) {
      this.stop();
      this.failed(`This version cannot be read: ${(error as Error).message}`);
    } finally {
      this.loading = false;
    }
  }

  private async timeOf(version: number): Promise<number | undefined> {
    if (version <= Number(this.slider.min)) return undefined;
    const { revisions } = await this.shared.history({ from: version - 1, to: version });
    return revisions[0]?.time;
  }

  private describe(version: number, time?: number): void {
    const when = time ? ` · ${describeTime(new Date(time))}` : '';
    this.label.textContent = `Version ${version.toLocaleString()} of ${Number(this.slider.max).toLocaleString()}${when}`;
    this.restoreButton.hidden = !this.shared.editable || version === this.shared.version;
  }

  // As an edit like any other: it can be undone, and others see it at once.
  private restore(): void {
    if (!this.shownContent) return;
    try {
      this.shared.setContent(this.shownContent);
      this.close();
    } catch (error) {
      this.failed(`This version cannot be restored: ${(error as Error).message}`);
    }
  }

  private play(): void {
    const [min, max] = [Number(this.slider.min), Number(this.slider.max)];
    if (Number(this.slider.value) >= max) this.slider.value = String(min);
    const step = Math.max(1, Math.ceil((max - min) / (kPlaySeconds * kFramesPerSecond)));
    this.playButton.replaceChildren(icon(icons.pause));
    this.playButton.setAttribute('aria-label', 'Pause');
    this.playing = setInterval(() => {
      if (this.loading) return;
      const next = Math.min(max, Number(this.slider.value) + step);
      this.slider.value = String(next);
      this.seek(next);
      if (next === max) this.stop();
    }, 1000 / kFramesPerSecond);
  }

  private stop(): void {
    clearInterval(this.playing);
    this.playing = undefined;
    this.playButton.replaceChildren(icon(icons.play));
    this.playButton.setAttribute('aria-label', 'Play');
  }
}

function describeTime(time: Date): string {
  const today = time.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(undefined, today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

// Others' carets and selections, drawn as layers over and under the text, so that the text itself is left alone.

import { EditorSelection } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, layer, RectangleMarker } from '@codemirror/view';
import type { LayerMarker, ViewUpdate } from '@codemirror/view';
import type { Cursor } from './cursors.js';
import type { Document } from './document.js';
import { describePerson } from './people.js';
import type { Person } from './people.js';
import type { User } from './protocol.js';

/** Above so many, selections and labels would hide the text: carets alone are drawn. */
const kLabelsMax = 40;

export function remoteCursors(
  document: Document,
  describe: (user: User | Cursor) => Person = describePerson,
  changed: (update: ViewUpdate) => boolean,
): Extension {
  const personOf = (cursor: Cursor) => describe(document.users.find(({ socketId }) => socketId === cursor.socketId) ?? cursor);
  const update = (view: ViewUpdate) => changed(view) || view.geometryChanged;
  return [
    layer({ above: false, class: 'tutti-selections', update, markers: (view) => selections(view, document, personOf) }),
    layer({ above: true, class: 'tutti-carets', update, markers: (view) => carets(view, document, personOf) }),
    theme,
  ];
}

function selections(view: EditorView, document: Document, personOf: (cursor: Cursor) => Person): LayerMarker[] {
  return document.cursors.flatMap((cursor) => {
    const range = rangeOf(cursor, view);
    if (!range || range.empty) return [];
    const { color } = personOf(cursor);
    return RectangleMarker.forRange(view, 'tutti-selection', range).map((marker) => new Tinted(marker, color));
  });
}

function carets(view: EditorView, document: Document, personOf: (cursor: Cursor) => Person): LayerMarker[] {
  const { cursors } = document;
  return cursors.flatMap((cursor) => {
    const range = rangeOf(cursor, view);
    if (!range) return [];
    const person = personOf(cursor);
    const markers = RectangleMarker.forRange(view, 'tutti-caret', EditorSelection.cursor(range.head));
    return markers.map((marker) => new Caret(marker, person, cursors.length <= kLabelsMax));
  });
}

function rangeOf({ cursor }: Cursor, view: EditorView) {
  if (!cursor) return null;
  const clamp = (position: number) => Math.max(0, Math.min(position, view.state.doc.length));
  return EditorSelection.range(clamp(cursor.anchor), clamp(cursor.head));
}

class Tinted implements LayerMarker {
  constructor(
    private readonly marker: RectangleMarker,
    private readonly color: string,
  ) {}

  eq(other: LayerMarker): boolean {
    return other instanceof Tinted && this.color === other.color && this.marker.eq(other.marker);
  }

  draw(): HTMLElement {
    const element = this.marker.draw();
    element.style.setProperty('--tutti-color', this.color);
    return element;
  }
}

class Caret implements LayerMarker {
  constructor(
    private readonly marker: RectangleMarker,
    private readonly person: Person,
    private readonly labelled: boolean,
  ) {}

  eq(other: LayerMarker): boolean {
    return other instanceof Caret && this.sameLook(other) && this.marker.eq(other.marker);
  }

  draw(): HTMLElement {
    const element = this.marker.draw();
    element.style.setProperty('--tutti-color', this.person.color);
    if (!this.labelled) return element;
    const label = element.ownerDocument.createElement('span');
    label.className = this.marker.top < 20 ? 'tutti-label tutti-label-below' : 'tutti-label';
    label.textContent = this.person.name;
    element.append(label);
    return element;
  }

  private sameLook(other: Caret): boolean {
    return this.person.name === other.person.name && this.person.color === other.person.color && this.labelled === other.labelled;
  }
}

const theme = EditorView.baseTheme({
  '.tutti-selections, .tutti-carets': { pointerEvents: 'none' },
  '.tutti-selection': { background: 'color-mix(in srgb, var(--tutti-color) 24%, transparent)' },
  '.tutti-caret': { borderLeft: '2px solid var(--tutti-color)', marginLeft: '-1px' },
  '.tutti-label': {
    position: 'absolute',
    left: '-2px',
    bottom: '100%',
    padding: '0 5px',
    borderRadius: '4px 4px 4px 0',
    background: 'var(--tutti-color)',
    color: '#fff',
    font: '500 11px/16px system-ui, sans-serif',
    whiteSpace: 'nowrap',
    animation: 'tutti-label 3s forwards',
  },
  '.tutti-label-below': { bottom: 'auto', top: '100%', borderRadius: '0 4px 4px 4px' },
  '@keyframes tutti-label': { '0%, 80%': { opacity: 1 }, '100%': { opacity: 0 } },
  '@media (prefers-reduced-motion: reduce)': { '.tutti-label': { animation: 'none' } },
});

// The demo page of plain text: a CodeMirror 6 editor on the document named in the address.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap, placeholder } from '@codemirror/view';
import type { Content } from 'tutti-client';
import { collaborate } from 'tutti-client/codemirror';
import { element } from './dom.js';
import { buildShell } from './shell.js';

const past = element('pre', { class: 'past', hidden: true, 'data-testid': 'past' });
const { client, shared, stage } = buildShell({ type: 'text', name: 'welcome', showPast, sibling: { label: 'Try it with rich text', href: '/rich.html' } });

const view = new EditorView({
  parent: stage,
  state: EditorState.create({
    doc: shared.text,
    extensions: [
      highlightSpecialChars(),
      history(),
      drawSelection(),
      highlightSelectionMatches(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Document', spellcheck: 'true', autocapitalize: 'sentences' }),
      placeholder('Write something. Everyone with this link sees it as you type.'),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      collaborate(shared),
    ],
  }),
});
stage.append(past);
shared.ready.then(() => view.focus(), () => {});

function showPast(content: Content | null): void {
  past.hidden = content === null;
  view.dom.hidden = content !== null;
  past.textContent = content?.toString() ?? '';
  if (content === null) view.requestMeasure();
}

window.tuttiDemo = { client, document: shared, view };

// The demo page of rich text: a Quill 2 editor on the document named in the address.

import Quill from 'quill';
import 'quill/dist/quill.snow.css';
import './rich.css';
import type { Content } from 'tutti-client';
import { collaborate, shown } from 'tutti-client/quill';
import { element } from './dom.js';
import { buildShell } from './shell.js';

const { client, shared, stage, tools } = buildShell({ type: 'rich-text', name: 'welcome-rich', showPast, sibling: { label: 'Try it with plain text', href: '/' } });

const host = element('div', { class: 'rich' });
const past = element('div', { class: 'rich past-rich', hidden: true, 'data-testid': 'past' });
stage.append(host, past);

const quill = new Quill(host, {
  theme: 'snow',
  placeholder: 'Write something. Everyone with this link sees it as you type.',
  modules: {
    toolbar: [[{ header: [1, 2, 3, false] }], ['bold', 'italic', 'underline', 'strike'], [{ color: [] }, { background: [] }], [{ list: 'ordered' }, { list: 'bullet' }, { list: 'check' }], ['blockquote', 'code-block', 'link'], ['clean']],
    history: { userOnly: true, delay: 500 },
  },
});
quill.root.setAttribute('aria-label', 'Document');
tools.append(host.previousElementSibling!); // the toolbar, which Quill puts before its container
collaborate(quill, shared);
shared.ready.then(() => quill.focus(), () => {});

let viewer: Quill | null = null;

function showPast(content: Content | null): void {
  past.hidden = content === null;
  host.hidden = content !== null;
  if (!content) return;
  viewer ??= new Quill(past.appendChild(element('div')), { readOnly: true, modules: { toolbar: false } });
  viewer.setContents(shown(content.toDelta()) as never);
}

window.tuttiDemo = { client, document: shared, quill };

// What both demo pages have in common: header, people, status, notices, history; the editor is the page's own.

import './style.css';
import { TuttiClient } from 'tutti-client';
import type { Content, Document, DocumentType } from 'tutti-client';
import { element, icon, icons } from './dom.js';
import { History } from './history.js';
import { Notice } from './notice.js';
import { PeopleList } from './people.js';
import { documentName, newDocumentLink, shareLink } from './place.js';
import { loadProfile, publicProfile } from './profile.js';
import { describeStatus, StatusPill } from './status.js';
import { applyStoredTheme, toggleTheme } from './theme.js';

/** Counting words reads the whole text: not at every key. */
const kCountEveryMs = 250;

export interface Shell {
  client: TuttiClient;
  shared: Document;
  /** Where the page puts its editor. */
  stage: HTMLElement;
  /** Above the editor: a page's own tools. */
  tools: HTMLElement;
}

export interface ShellOptions {
  type: DocumentType;
  /** The document where the address names none. */
  name: string;
  /** Shows a past version in place of the editor; null: the editor again. */
  showPast(content: Content | null): void;
  /** The other demo page. */
  sibling: { label: string; href: string };
}

export function buildShell({ type, name: fallback, showPast, sibling }: ShellOptions): Shell {
  applyStoredTheme();
  const name = documentName(fallback);
  const profile = loadProfile();
  const client = new TuttiClient(import.meta.env.VITE_TUTTI_SERVER ?? location.origin, { profile: publicProfile(profile) });
  const shared = client.open(name, { type, create: true });
  document.title = `${name} · Tutti`;

  let switchedOff = false;
  const pill = new StatusPill(() => describeStatus(client, shared, switchedOff));
  const notice = new Notice();
  const people = new PeopleList(client, shared, profile);
  const history = new History(shared, showPast, (message) => notice.show(message, { forMs: 6000 }));
  const stage = element('div', { class: 'stage' });
  const tools = element('div', { class: 'tools' });
  const facts = element('p', { class: 'facts', 'data-testid': 'facts' });

  const offline = element('input', { type: 'checkbox', role: 'switch', 'data-testid': 'offline' });
  offline.addEventListener('change', () => {
    switchedOff = offline.checked;
    if (switchedOff) client.disconnect();
    else client.connect();
    notice.hide();
    pill.update();
  });

  const header = element(
    'header',
    { class: 'bar' },
    element('a', { class: 'wordmark', href: location.pathname, 'aria-label': 'Tutti, the welcome document' }, 'Tutti'),
    element('h1', { class: 'title', title: name }, name),
    pill.root,
    element('span', { class: 'spring' }),
    button('New', icons.plus, 'New document', () => location.assign(newDocumentLink())),
    shareButton(name, notice),
    button('History', icons.history, 'History', () => void (history.isOpen ? history.close() : history.open())),
    iconButton(icons.theme, 'Light or dark', toggleTheme),
  );
  const side = element(
    'aside',
    { class: 'side', 'aria-label': 'People and connection' },
    people.root,
    element('label', { class: 'switch' }, offline, element('span', { class: 'switch-track' }), element('span', {}, 'Work offline')),
    facts,
    element('a', { class: 'sibling', href: sibling.href }, sibling.label),
  );
  document.getElementById('app')!.append(header, notice.root, element('main', { class: 'desk' }, element('div', { class: 'paper' }, tools, stage, history.root), side));

  let counting: ReturnType<typeof setTimeout> | undefined;
  const count = () => {
    counting ??= setTimeout(() => {
      counting = undefined;
      facts.textContent = describeFacts(shared);
    }, kCountEveryMs);
  };
  client.on('status', (status) => {
    if (status === 'online') notice.hide();
    pill.update();
    people.update();
  });
  client.on('connection-failed', ({ message }) => notice.show(message, { action: { label: 'Try now', run: () => client.retryNow() } }));
  shared.on('status', () => (pill.update(), count()));
  shared.on('change', count);
  shared.on('refused', ({ message }) => notice.show(`Your last edit was not accepted and has been undone: ${message}`, { forMs: 8000 }));
  shared.on('closed', (reason, error) => {
    notice.show(describeClosing(reason, error?.message), { action: { label: 'Open again', run: () => (notice.hide(), shared.reopen()) } });
  });
  addEventListener('beforeunload', (event) => {
    if (shared.pendingEdits > 0) event.preventDefault(); // what is not saved would be lost with the page
  });
  shared.ready.then(() => (count(), people.chooseFreeColor()), () => {});
  return { client, shared, stage, tools };
}

function describeFacts(shared: Document): string {
  const words = shared.text.match(/\S+/g)?.length ?? 0;
  return `${words.toLocaleString()} ${words === 1 ? 'word' : 'words'} · version ${shared.version.toLocaleString()}`;
}

function describeClosing(reason: string, message?: string): string {
  switch (reason) {
    case 'deleted':
      return 'This document has been deleted.';
    case 'access-revoked':
    case 'forbidden':
      return 'You no longer have access to this document.';
    case 'replaced':
      return 'This document was opened somewhere else in your place.';
    case 'type-mismatch':
      return 'This document is of another kind; open it on the other page.';
    default:
      return `The document was closed: ${message ?? reason}`;
  }
}

function button(label: string, path: string, title: string, run: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'button', title, onclick: run }, icon(path), element('span', { class: 'button-label' }, label));
}

function iconButton(path: string, title: string, run: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'button icon-only', title, 'aria-label': title, onclick: run }, icon(path));
}

function shareButton(name: string, notice: Notice): HTMLButtonElement {
  const share = button('Share', icons.link, 'Copy the link to this document', async () => {
    const link = shareLink(name);
    try {
      await navigator.clipboard.writeText(link);
      const label = share.querySelector('.button-label')!;
      label.textContent = 'Copied';
      setTimeout(() => (label.textContent = 'Share'), 1600);
    } catch {
      notice.show(`The link to this document: ${link}`, { forMs: 12_000 });
    }
  });
  share.classList.add('primary');
  return share;
}

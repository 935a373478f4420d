// Which document this page shows: /?doc=name, or /#name; without either, "welcome".

import { newDocumentName } from './names.js';

const kDefault = 'welcome';

export function documentName(): string {
  const named = new URLSearchParams(location.search).get('doc') || decodeHash(location.hash.slice(1)) || kDefault;
  return named.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, 120) || kDefault;
}

/** The link to give to others. */
export function shareLink(name: string): string {
  return `${location.origin}${location.pathname}?doc=${encodeURIComponent(name)}`;
}

export function newDocumentLink(): string {
  return shareLink(newDocumentName());
}

function decodeHash(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

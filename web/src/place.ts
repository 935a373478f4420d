// Which document this page shows: ?doc=name, or #name; without either, the page's own.

import { newDocumentName } from './names.js';

export function documentName(fallback: string): string {
  const named = new URLSearchParams(location.search).get('doc') || decodeHash(location.hash.slice(1)) || fallback;
  return named.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, 120) || fallback;
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

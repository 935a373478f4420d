// How a person is shown where the profile does not say: a name and a colour that stay the same for the same connection.

import type { Cursor } from './cursors.js';
import type { User } from './protocol.js';

export interface Person {
  name: string;
  color: string;
}

/** Colours that are told apart on light and on dark ground. */
export const palette = ['#d9480f', '#1971c2', '#2f9e44', '#9c36b5', '#c2255c', '#0c8599', '#e67700', '#5f3dc4', '#087f5b', '#a61e4d'];

export function describePerson(user: Pick<User, 'userId' | 'socketId' | 'profile'> | Cursor): Person {
  const profile = ('profile' in user ? user.profile : undefined) ?? {};
  const name = typeof profile.name === 'string' && profile.name.trim() ? profile.name.trim() : 'Guest';
  const color = typeof profile.color === 'string' && isColor(profile.color) ? profile.color : palette[hash(user.socketId) % palette.length]!;
  return { name, color };
}

// What others send ends up in a style: nothing but a colour may.
function isColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function hash(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) >>> 0;
  return value;
}

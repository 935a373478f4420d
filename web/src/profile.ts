// Who the person at this browser is: a name and a colour, kept in localStorage.

import { palette } from 'tutti-client/people';
import { newPersonName } from './names.js';

export interface OwnProfile extends Record<string, unknown> {
  name: string;
  color: string;
}

const kKey = 'tutti.profile';
export const kNameMax = 40;

export function loadProfile(): OwnProfile {
  const { name, color } = stored();
  const profile = {
    name: typeof name === 'string' && name.trim() ? name.slice(0, kNameMax) : newPersonName(),
    color: typeof color === 'string' && palette.includes(color) ? color : palette[Math.floor(Math.random() * palette.length)]!,
  };
  saveProfile(profile);
  return profile;
}

export function saveProfile(profile: OwnProfile): void {
  try {
    localStorage.setItem(kKey, JSON.stringify(profile));
  } catch {
    // Storage may be forbidden; then the name lasts as long as the page.
  }
}

function stored(): Record<string, unknown> {
  try {
    return (JSON.parse(localStorage.getItem(kKey) ?? '{}') as Record<string, unknown>) ?? {};
  } catch {
    return {};
  }
}

// Who the person at this browser is: a name and a colour, kept in localStorage.

import { palette } from 'tutti-client/people';
import { newPersonName } from './names.js';

export interface OwnProfile {
  name: string;
  color: string;
  /** The colour is the person's own choice. */
  chosen?: boolean;
}

const kKey = 'tutti.profile';
export const kNameMax = 40;

export function loadProfile(): OwnProfile {
  const { name, color, chosen } = stored();
  const profile: OwnProfile = {
    name: typeof name === 'string' && name.trim() ? name.slice(0, kNameMax) : newPersonName(),
    color: typeof color === 'string' && palette.includes(color) ? color : palette[Math.floor(Math.random() * palette.length)]!,
    chosen: chosen === true,
  };
  saveProfile(profile);
  return profile;
}

/** What others see of it. */
export function publicProfile({ name, color }: OwnProfile): { name: string; color: string } {
  return { name, color };
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

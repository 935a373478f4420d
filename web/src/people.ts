// Who is here: one's own name and colour, which can be changed, and the others'.

import type { Document, TuttiClient, User } from 'tutti-client';
import { describePerson, palette } from 'tutti-client/people';
import { element } from './dom.js';
import { kNameMax, publicProfile, saveProfile } from './profile.js';
import type { OwnProfile } from './profile.js';

const kShownMax = 60;

export class PeopleList {
  readonly root = element('section', { class: 'people', 'aria-labelledby': 'people-title' });
  private readonly title = element('h2', { id: 'people-title' });
  private readonly list = element('ul', { class: 'people-list', 'data-testid': 'people' });

  private readonly face = element('button', { class: 'avatar-button', type: 'button', title: 'Change your colour', 'aria-label': 'Change your colour' });

  constructor(
    private readonly client: TuttiClient,
    private readonly shared: Document,
    private readonly profile: OwnProfile,
  ) {
    this.root.append(this.title, this.self(), this.list);
    shared.on('users', () => this.update());
    this.update();
  }

  /** So that two people are not of one colour, unless they want to. */
  chooseFreeColor(): void {
    if (this.profile.chosen) return;
    const taken = this.others().map((user) => describePerson(user).color);
    const free = palette.find((color) => !taken.includes(color));
    if (!free || !taken.includes(this.profile.color)) return;
    this.profile.color = free;
    this.drawSelf();
    this.tell();
  }

  update(): void {
    const others = this.others();
    const count = Math.max(others.length + 1, this.shared.userCount);
    if (this.client.status !== 'online') this.title.textContent = 'You are not connected';
    else this.title.textContent = count === 1 ? 'Only you are here' : `${count.toLocaleString()} people here`;
    const rows = others.slice(0, kShownMax).map((user) => this.row(user));
    if (others.length > kShownMax) rows.push(element('li', { class: 'person muted' }, `and ${others.length - kShownMax} more`));
    this.list.replaceChildren(...rows);
  }

  private others(): User[] {
    return this.shared.users.filter(({ socketId }) => socketId !== this.client.socketId);
  }

  private row(user: User): HTMLLIElement {
    const { name, color } = describePerson(user);
    return element('li', { class: 'person' }, avatar(name, color), element('span', { class: 'person-name' }, name));
  }

  private self(): HTMLElement {
    const { profile } = this;
    const face = this.face;
    face.addEventListener('click', () => {
      profile.chosen = true;
      profile.color = palette[(palette.indexOf(profile.color) + 1) % palette.length]!;
      this.drawSelf();
      this.tell();
    });
    const input = element('input', {
      class: 'name-input', 'aria-label': 'Your name', value: profile.name, maxlength: String(kNameMax), autocomplete: 'nickname', spellcheck: 'false', 'data-testid': 'name',
    });
    input.addEventListener('change', () => {
      profile.name = input.value.trim() || profile.name;
      input.value = profile.name;
      this.drawSelf();
      this.tell();
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') input.blur();
    });
    this.drawSelf();
    return element('div', { class: 'person self' }, face, input, element('span', { class: 'you' }, 'you'));
  }

  private drawSelf(): void {
    this.face.replaceChildren(avatar(this.profile.name, this.profile.color));
  }

  private tell(): void {
    saveProfile(this.profile);
    this.client.setProfile(publicProfile(this.profile));
  }
}

export function avatar(name: string, color: string): HTMLElement {
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('');
  return element('span', { class: 'avatar', style: `--color: ${color}`, 'aria-hidden': 'true' }, initials.toUpperCase());
}

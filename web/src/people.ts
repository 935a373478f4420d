// Who is here: one's own name and colour, which can be changed, and the others'.

import type { Document, TuttiClient, User } from 'tutti-client';
import { describePerson, palette } from 'tutti-client/people';
import { element } from './dom.js';
import { kNameMax, saveProfile } from './profile.js';
import type { OwnProfile } from './profile.js';

const kShownMax = 60;

export class PeopleList {
  readonly root = element('section', { class: 'people', 'aria-labelledby': 'people-title' });
  private readonly title = element('h2', { id: 'people-title' });
  private readonly others = element('ul', { class: 'people-list', 'data-testid': 'people' });

  constructor(
    private readonly client: TuttiClient,
    private readonly shared: Document,
    private readonly profile: OwnProfile,
    private readonly changed: () => void,
  ) {
    this.root.append(this.title, this.self(), this.others);
    shared.on('users', () => this.update());
    this.update();
  }

  update(): void {
    const others = this.shared.users.filter(({ socketId }) => socketId !== this.client.socketId);
    const count = others.length + 1;
    this.title.textContent = count === 1 ? 'Only you are here' : `${Math.max(count, this.shared.userCount)} people here`;
    const rows = others.slice(0, kShownMax).map((user) => this.row(user));
    if (others.length > kShownMax) rows.push(element('li', { class: 'person muted' }, `and ${others.length - kShownMax} more`));
    this.others.replaceChildren(...rows);
  }

  private row(user: User): HTMLLIElement {
    const { name, color } = describePerson(user);
    return element('li', { class: 'person' }, avatar(name, color), element('span', { class: 'person-name' }, name));
  }

  private self(): HTMLElement {
    const { profile } = this;
    const face = element('button', { class: 'avatar-button', type: 'button', title: 'Change your colour', 'aria-label': 'Change your colour' });
    const draw = () => face.replaceChildren(avatar(profile.name, profile.color));
    face.addEventListener('click', () => {
      profile.color = palette[(palette.indexOf(profile.color) + 1) % palette.length]!;
      draw();
      this.tell();
    });
    const input = element('input', {
      class: 'name-input', 'aria-label': 'Your name', value: profile.name, maxlength: String(kNameMax), autocomplete: 'nickname', spellcheck: 'false', 'data-testid': 'name',
    });
    input.addEventListener('change', () => {
      profile.name = input.value.trim() || profile.name;
      input.value = profile.name;
      draw();
      this.tell();
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') input.blur();
    });
    draw();
    return element('div', { class: 'person self' }, face, input, element('span', { class: 'you' }, 'you'));
  }

  private tell(): void {
    saveProfile(this.profile);
    this.client.setProfile({ ...this.profile });
    this.changed();
  }
}

export function avatar(name: string, color: string): HTMLElement {
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('');
  return element('span', { class: 'avatar', style: `--color: ${color}`, 'aria-hidden': 'true' }, initials.toUpperCase());
}

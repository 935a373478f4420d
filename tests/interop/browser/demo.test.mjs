// The demo at / in real browsers: two people type at once; one goes offline and comes back; a third comes later.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Fixture } from '../documents/fixture.mjs';
import { eventually } from '../support/expect.mjs';
import { equalTexts, Person } from './pages.mjs';

let fixture;
let ann;
let bob;

before(async () => {
  fixture = await Fixture.start();
  [ann, bob] = await Promise.all([Person.start('ann'), Person.start('bob')]);
});
after(async () => {
  await Promise.all([ann, bob].map((person) => person?.stop()));
  await fixture.stop();
});

const address = (document) => `${fixture.url}/?doc=${document}`;
const countOf = (text, part) => text.split(part).length - 1;

describe('the demo page', () => {
  it('is shared by two people who type at once', async () => {
    await Promise.all([ann.open(address('browsers')), bob.open(address('browsers'))]);
    await Promise.all([ann.type('Ann was here. '.repeat(5)), bob.type('Bob typed this! '.repeat(5))]);
    const text = await equalTexts([ann, bob]);
    assert.equal(text.length, 'Ann was here. '.length * 5 + 'Bob typed this! '.length * 5);
    for (const letter of 'AB!') assert.equal(countOf(text, letter), 5, letter);
    await ann.screenshot('two-people');
  });

  it('shows who is there, and the cursors of others', async () => {
    const people = ann.page.getByTestId('people');
    await people.locator('.person').first().waitFor();
    await bob.press('ArrowLeft');
    await eventually(() => ann.page.evaluate(() => window.tuttiDemo.document.cursors.length === 1), 'a cursor of the other one');
    await ann.screenshot('cursors');
  });

  it('lets each undo their own', async () => {
    await bob.press('Control+End');
    await bob.type('XYZ', { delay: 0 });
    await equalTexts([ann, bob]);
    await ann.press('Control+Home');
    await ann.type('Q', { delay: 0 });
    await equalTexts([ann, bob]);
    await bob.press('Control+z');
    const text = await equalTexts([ann, bob]);
    assert.equal(text[0], 'Q', 'what the other one typed stays');
  });

  it('keeps what is typed offline, and both end equal', async () => {
    await bob.setOffline(true);
    await Promise.all([ann.type(' [online words] '), bob.type(' [offline words] ')]);
    await bob.screenshot('offline');
    assert.ok((await bob.texts()).pending > 0, 'bob is offline, his edits wait');
    assert.notEqual((await ann.texts()).document, (await bob.texts()).document);
    await bob.setOffline(false);
    const text = await equalTexts([ann, bob], 30_000);
    assert.equal(countOf(text, 'online words'), 1);
    assert.equal(countOf(text, 'offline words'), 1);
    await bob.status('Saved');
    await bob.screenshot('back-online');
  });

  it('has a switch to work offline', async () => {
    const toggle = bob.page.getByTestId('offline');
    await toggle.setChecked(true, { force: true });
    await bob.status('Offline');
    await Promise.all([ann.type(' {one} '), bob.type(' {two} ')]);
    await toggle.setChecked(false, { force: true });
    const text = await equalTexts([ann, bob], 30_000);
    assert.equal(countOf(text, '{one}'), 1);
    assert.equal(countOf(text, '{two}'), 1);
  });

  it('survives a restart of the server while both type', async () => {
    const typing = Promise.all([ann.type(' (during one) ', { delay: 40 }), bob.type(' (during two) ', { delay: 40 })]);
    await fixture.server.kill();
    await fixture.restart();
    await typing;
    const text = await equalTexts([ann, bob], 30_000);
    assert.equal(countOf(text, 'during one'), 1);
    assert.equal(countOf(text, 'during two'), 1);
  });

  it('shows a newcomer all of it', async () => {
    const eve = await Person.start('eve');
    try {
      await eve.open(address('browsers'));
      await equalTexts([ann, bob, eve]);
      await eve.screenshot('three-people');
    } finally {
      await eve.stop();
    }
  });

  it('takes text beyond ASCII, lines, cuts and pastes', async () => {
    await Promise.all([ann.open(address('unicode')), bob.open(address('unicode'))]);
    await ann.editor.focus();
    await ann.page.keyboard.insertText('héllo 😀 wörld');
    await ann.press('Enter');
    await ann.page.keyboard.insertText('second line');
    await equalTexts([ann, bob]);
    await bob.editor.focus();
    await bob.press('Control+Home');
    for (let i = 0; i < 7; i++) await bob.press('ArrowRight');
    await bob.press('Backspace'); // the emoji, whole
    assert.equal(await equalTexts([ann, bob]), 'héllo  wörld\nsecond line');
    await Promise.all([ann.press('Control+a'), bob.press('Control+a')]);
    await Promise.all([ann.press('Delete'), bob.press('Delete')]);
    assert.equal(await equalTexts([ann, bob]), '');
  });

  it('reports no errors', () => {
    assert.deepEqual([...ann.errors, ...bob.errors], []);
  });
});

describe('the rich text page', () => {
  it('is shared with its formats', async () => {
    const rich = `${fixture.url}/rich.html?doc=browsers-rich`;
    await Promise.all([ann.open(rich), bob.open(rich)]);
    await Promise.all([ann.type('plain by ann '), bob.type('and by bob ')]);
    await equalTexts([ann, bob]);
    await ann.press('Control+a');
    await ann.press('Control+b');
    const isBold = (person) => person.page.evaluate(() => window.tuttiDemo.quill.getContents().ops.every(({ insert, attributes }) => insert === '\n' || attributes?.bold));
    await eventually(async () => (await isBold(ann)) && (await isBold(bob)), 'everything to be bold on both');
    await bob.screenshot('rich-text');
    assert.deepEqual([...ann.errors, ...bob.errors], []);
  });
});

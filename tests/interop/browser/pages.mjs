// Pages of a real Chromium on the demo.
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { eventually } from '../support/expect.mjs';
import { root } from '../support/server.mjs';

const kArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const kScreenshots = join(root, 'build/screenshots');
mkdirSync(kScreenshots, { recursive: true });

// A browser with a profile of its own: one person.
export class Person {
  errors = [];

  static async start(name) {
    const person = new Person();
    person.name = name;
    person.profile = await mkdtemp(join(tmpdir(), 'tutti-browser-'));
    person.context = await chromium.launchPersistentContext(person.profile, {
      executablePath: process.env.TUTTI_CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: kArguments,
      viewport: { width: 1100, height: 720 },
    });
    return person;
  }

  async open(url) {
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(15_000);
    this.page.on('pageerror', (error) => this.errors.push(String(error)));
    await this.page.goto(url);
    await this.page.waitForFunction(() => window.tuttiDemo?.document.loaded);
    await this.status('Saved');
  }

  status(text) {
    return this.page.waitForFunction((wanted) => document.querySelector('[data-testid=status]')?.textContent.includes(wanted), text);
  }

  // What the editor shows, and what the shared document holds.
  texts() {
    return this.page.evaluate(() => {
      const { document: shared, view, quill } = window.tuttiDemo;
      return { editor: view ? view.state.doc.toString() : quill.getText(), document: shared.text, pending: shared.pendingEdits };
    });
  }

  get editor() {
    return this.page.locator('.cm-content, .ql-editor').first();
  }

  async type(text, options = { delay: 5 }) {
    await this.editor.focus();
    await this.page.keyboard.type(text, options);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  // The address of the network: no packet goes in or out.
  setOffline(offline) {
    return this.context.setOffline(offline);
  }

  screenshot(name) {
    return this.page.screenshot({ path: join(kScreenshots, `${name}.png`) });
  }

  async stop() {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true });
  }
}

// Until all pages hold the same, with nothing pending; answers it.
export async function equalTexts(people, milliseconds = 15_000) {
  let texts;
  await eventually(async () => {
    texts = await Promise.all(people.map((person) => person.texts()));
    return texts.every(({ editor, document, pending }) => pending === 0 && editor === document && document === texts[0].document);
  }, 'all pages to be equal', milliseconds).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(texts)}`);
  });
  return texts[0].document;
}

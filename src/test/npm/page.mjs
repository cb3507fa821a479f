// The page as people use it, in Chromium: seven journeys, and what may go wrong beside them. Prints a line for each; ends
// with 1 at the first thing that is not so.
//
//   node page.mjs BASE TOKEN PICTURES JOURNEY...
//
// BASE with no slash at its end; PICTURES: a directory for screenshots, or '' for none.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [base, token, pictures, ...wanted] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LIMIT = 20_000; // ms until something must be seen

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A browser of its own for each journey; whatever it complains of, or asks of others, is wrong. */
async function visit(journey, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(LIMIT);
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && !/Failed to load resource/.test(message.text()) && wrong.push(message.text()));
  page.on('request', (request) => !request.url().startsWith(base) && !request.url().startsWith('blob:') && wrong.push(`asks ${request.url()}`));
  try {
    await journey(page, context);
    assert.deepEqual(wrong, []);
  } catch (error) {
    await page.screenshot({ path: 'page-failed.png', fullPage: true });
    console.error(await page.locator('main').innerText().catch(() => 'no page'));
    throw error;
  } finally {
    await context.close();
  }
}

const open = (page, path = '') => page.goto(`${base}/#token=${token}`).then(() => page.goto(`${base}/#/${path}`));
const click = (page, name, role = 'button') => page.getByRole(role, { name, exact: true }).first().click();
const heading = (page, name) => page.getByRole('heading', { name, exact: true }).first().waitFor();

/** No finding of axe, by WCAG and its best practices; of what is shown now. */
async function accessible(page, what) {
  await page.evaluate(axe); // not as a script: the page's policy forbids that
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map((one) => `${what}: ${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`), []);
}

async function picture(page, name) {
  if (pictures) {
    await page.screenshot({ path: `${pictures}/page-${name}.png` });
  }
}

const api = async (method, path, body) => {
  const answer = await fetch(base + path, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.json();
};

const JOURNEYS = {
  /** What needs a person is first, and leads to where it is mended. */
  async overview(page) {
    await open(page);
    await heading(page, 'What needs a person');
    await page.getByText('Waits for the next try').or(page.getByRole('link', { name: 'down' })).first().waitFor();
    await page.getByRole('figure').first().waitFor();
    await accessible(page, 'overview');
    await picture(page, 'overview');
    await click(page, 'Stop all sending');
    await page.getByRole('dialog').waitFor();
    await accessible(page, 'dialog');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop all sending' }).click();
    await page.getByRole('button', { name: 'Send again', exact: true }).waitFor();
    assert.equal((await api('GET', '/v1/kill-switch')).set, true);
    await click(page, 'Send again');
    await page.getByRole('button', { name: 'Stop all sending', exact: true }).waitFor();
    assert.equal((await api('GET', '/v1/kill-switch')).set, false);
  },

  /** From nothing to a first test delivery. */
  async create(page) {
    await open(page);
    await click(page, 'New recipient', 'link');
    await page.getByLabel('Name', { exact: true }).fill('partner');
    await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9');
    await click(page, 'Create');
    await page.getByRole('alert').first().waitFor(); // unencrypted: refused, and said where
    await accessible(page, 'new recipient');
    await page.getByLabel('Address', { exact: true }).fill(process.env.PARTNER_URL);
    await page.getByLabel('Unencrypted HTTP is allowed').check();
    await page.getByLabel('Private networks it may be in').fill('127.0.0.0/8');
    await page.getByLabel('It gets every event of every entity').uncheck();
    await page.getByLabel('Entity', { exact: true }).selectOption('Order');
    await page.getByLabel('deleted', { exact: true }).uncheck();
    await picture(page, 'new-recipient');
    await click(page, 'Create');
    await page.getByText('partner is there and in force').waitFor();
    await click(page, 'Test');
    await page.getByText('✓ acknowledged').or(page.getByText('acknowledged', { exact: true })).first().waitFor();
    const file = await api('GET', '/v1/recipients/partner');
    assert.deepEqual(file.settings.subscriptions, [{ entity: 'Order', events: ['Created', 'Updated'] }]);
    assert.ok(file.settings.authentication.hmac);
  },

  /** One recipient: live, paused and resumed, edited by form and as YAML, brought up to date, replayed. */
  async recipient(page) {
    await open(page, 'recipients/shop');
    await page.getByText('Live: each attempt as it happens.').waitFor();
    await fetch(process.env.CHANGE_URL, { method: 'POST' });
    await page.getByRole('table', { name: 'Live' }).getByText('delivered').first().waitFor();
    await accessible(page, 'live');
    await picture(page, 'recipient');
    await click(page, 'Pause');
    await page.getByRole('dialog').getByLabel('Reason').fill('they move house');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('they move house').first().waitFor();
    await click(page, 'Resume');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await click(page, 'Settings', 'link');
    await page.getByLabel('Answer within').fill('nonsense');
    await page.locator('.wrong').first().waitFor();
    await page.getByLabel('Answer within').fill('7s');
    await accessible(page, 'settings');
    await click(page, 'Save');
    await page.getByText('Saved, and in force.').waitFor();
    assert.equal((await api('GET', '/v1/recipients/shop')).settings.timeout, '7s');
    await click(page, 'YAML', 'link');
    await page.locator('.cm-content').waitFor();
    await accessible(page, 'yaml');
    await click(page, 'Resync', 'link');
    await page.getByLabel('Entity', { exact: true }).selectOption('Article');
    await click(page, 'Begin');
    await page.getByRole('table', { name: 'Resync' }).getByText('done').first().waitFor();
    await accessible(page, 'resync');
    await click(page, 'Audit', 'link');
    await page.getByLabel('Entity', { exact: true }).selectOption('Article');
    await click(page, 'Compare');
    await page.getByRole('table', { name: 'Audit' }).getByText('done').first().waitFor();
    await accessible(page, 'audit');
    await click(page, 'Replay', 'link');
    await page.getByLabel('From', { exact: true }).fill('2020-01-01T00:00');
    await click(page, 'Count');
    await page.getByText(/deliveries would be sent again/).waitFor();
    await accessible(page, 'replay');
    await click(page, 'Failures', 'link');
    await page.getByText('What failed, is tried again, or waits behind such').waitFor();
    await accessible(page, 'failures');
  },

  /** What did the shop get about order 4711? Three clicks: deliveries, search, the delivery. */
  async delivery(page) {
    await open(page);
    await click(page, 'Deliveries', 'link');
    await page.getByLabel('Entity', { exact: true }).selectOption('Order');
    await page.getByLabel('Id', { exact: true }).fill('4711');
    await page.getByLabel('Recipient', { exact: true }).selectOption('shop');
    await click(page, 'Search');
    await accessible(page, 'deliveries');
    await page.getByRole('link', { name: 'Order 4711' }).first().click();
    for (const step of ['What changed in the source', 'The event', 'Which subscription wants it, and why', 'The request', 'Attempts and answers']) {
      await heading(page, step);
    }
    await page.getByText('Exactly as it was sent: its hash is that of the attempt.').waitFor();
    await page.getByText('Headers', { exact: true }).click();
    await page.getByText('***').first().waitFor(); // the signature is not shown
    await page.getByText('sales.sales_order').first().waitFor();
    await page.getByRole('cell', { name: '4711.00', exact: true }).waitFor(); // as it is written
    await accessible(page, 'delivery');
    await picture(page, 'delivery');
    await click(page, 'Redeliver');
    await page.getByRole('table', { name: 'Attempts' }).getByText('1 (redelivery 1)').waitFor();
    // by another column
    await page.goto(`${base}/#/deliveries`);
    await page.getByLabel('Entity', { exact: true }).selectOption('Article');
    await page.getByLabel('By', { exact: true }).selectOption('sku');
    await page.getByRole('searchbox', { name: 'sku' }).fill('A7');
    await click(page, 'Search');
    await page.getByRole('link', { name: 'Article 7' }).first().waitFor();
  },

  /** A template: an error at its place, completion, what is missing, what is different, saved, kept. */
  async workbench(page) {
    await open(page, 'workbench/shop/Order.jslt');
    const editor = page.locator('.cm-content');
    await editor.waitFor();
    await page.getByRole('region', { name: 'Preview' }).getByText('"order"').first().waitFor();
    const write = async (text) => {
      await editor.click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(text);
    };
    await write('{ "order": .entityId,\n  "total" .data.total }');
    await page.getByText(/^Line 2, column \d+/).first().waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).isDisabled();
    await write('{ "order": .entityId, "state": .data.statu }');
    await page.getByText('Read, and not in the event:').waitFor();
    await write('{ "order": .entityId, "state": .data.');
    await page.keyboard.type('st');
    await page.getByRole('option', { name: 'status' }).click();
    await page.keyboard.type(' }');
    await page.getByText('Different from what is saved').waitFor();
    await page.locator('ins', { hasText: '"state": "open"' }).waitFor();
    assert.match(await page.locator('.difference').innerText(), /"order": 47\d\d,\n/); // a line each
    await accessible(page, 'workbench');
    await picture(page, 'workbench');
    await click(page, 'Keep as golden case');
    await page.getByText(/^Kept as .*\.event\.json/).waitFor();
    await click(page, 'Save');
    await page.getByText('Saved, and in force.').waitFor();
    assert.match((await api('GET', '/v1/templates/shop%2FOrder.jslt')).text, /\.data\.status/);
  },

  /** An edit over what was: how many change, which keys come and go; nothing is sent. */
  async whatIf(page) {
    await open(page, 'workbench/shop/Article.jslt');
    const editor = page.locator('.cm-content');
    await editor.waitFor();
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('{ "number": .entityId, "title": .data.name }');
    await page.getByText('Different from what is saved').waitFor();
    const before = (await api('GET', '/v1/status')).head;
    await click(page, 'Try on the last seven days');
    await page.getByText(/events in .* Nothing was sent\./).waitFor();
    const changed = page.locator('dt', { hasText: 'Bodies that change' }).locator('+ dd');
    assert.notEqual(await changed.first().innerText(), '0');
    await page.locator('dt', { hasText: 'Keys that appear' }).locator('+ dd', { hasText: 'title' }).waitFor();
    await page.locator('details', { hasText: 'another body' }).first().click();
    await page.locator('ins', { hasText: '"title"' }).first().waitFor();
    await accessible(page, 'what-if');
    await picture(page, 'what-if');
    assert.equal((await api('GET', '/v1/status')).head, before);
  },

  /** Entities as they are and as they are proposed: a sample, a name, saved. */
  async mapping(page) {
    await open(page, 'mapping');
    const proposed = page.getByRole('region', { name: 'sales.invoice' });
    await proposed.waitFor();
    await proposed.getByRole('button', { name: 'Live sample' }).click();
    await proposed.getByText('"total": 12.90').waitFor(); // as it is written
    await accessible(page, 'mapping');
    await picture(page, 'mapping');
    await proposed.getByRole('checkbox').check();
    await proposed.getByLabel('Name', { exact: true }).fill('Bill');
    await click(page, 'Save');
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved, and in force.').or(page.getByText('Bill')).first().waitFor();
    const { entities } = await api('GET', '/v1/settings');
    assert.ok(entities.some((one) => one.name === 'Bill' && one.table === 'sales.invoice'));
  },

  /** By the keyboard alone: the first key leads to the content, a journey is done without the mouse. */
  async keyboard(page) {
    await open(page);
    await heading(page, 'Overview');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'To the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
    await page.goto(`${base}/#/deliveries`);
    await page.getByLabel('Entity', { exact: true }).focus();
    await page.keyboard.type('Order');
    await page.keyboard.press('Tab');
    await page.keyboard.type('4711');
    await page.keyboard.press('Enter');
    const found = page.getByRole('link', { name: 'Order 4711' }).first();
    await found.waitFor();
    await found.focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Attempts and answers');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  },

  /** Light and dark, in both languages, on a phone: nothing is cut off, axe finds nothing. */
  async looks() {
    for (const options of [{ colorScheme: 'dark' }, { viewport: { width: 375, height: 700 } }, { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 375, height: 700 } }]) {
      await visit(async (page) => {
        for (const path of ['', 'deliveries', 'recipients', 'recipients/shop', 'recipients/shop/settings', 'recipients/shop/yaml', 'workbench', 'workbench/shop/Order.jslt', 'what-if', 'mapping']) {
          await open(page, path);
          await page.locator('h1').waitFor();
          await page.locator('.loading').first().waitFor({ state: 'detached' });
          await accessible(page, `${JSON.stringify(options)} ${path}`);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(over <= 0, `${path} is ${over} px too wide`);
        }
        if (options.locale) {
          await open(page);
          await page.getByRole('heading', { name: 'Was zu tun ist' }).waitFor();
          await picture(page, 'phone');
        }
      }, options);
    }
  },

  /** Without a token, with a wrong one, with one that may look only. */
  async tokens() {
    await visit(async (page) => {
      await page.goto(`${base}/`);
      await page.getByLabel('Token').waitFor();
      await accessible(page, 'token');
      await page.getByLabel('Token').fill('wrong-wrong-wrong-wrong');
      await click(page, 'Open');
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Token').fill(process.env.READ_TOKEN);
      await click(page, 'Open');
      await heading(page, 'What needs a person');
      await page.goto(`${base}/#/recipients/shop`);
      await click(page, 'Test');
      await page.getByText(/this needs the token that lets one operate/).waitFor();
      assert.equal(await page.evaluate(() => location.href.includes('read')), false);
    });
  },

  /** An API that is slow, fails, breaks off, is gone and comes back: what is known stays, and it is said. */
  async trouble(page) {
    let mode = 'slow';
    await page.route('**/v1/**', async (route) => {
      if (mode === 'slow') {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        await route.continue().catch(() => {});
      } else if (mode === 'fails') {
        await route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"type":"urn:problem-type:rowhook:unavailable","detail":"the journal does not answer","status":503}' });
      } else if (mode === 'nonsense') {
        await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
      } else if (mode === 'gone') {
        await route.abort('connectionrefused');
      } else {
        await route.continue().catch(() => {});
      }
    });
    await open(page);
    await page.getByText('Loading…').first().waitFor();
    await heading(page, 'What needs a person');
    for (const [next, words] of [['fails', 'the journal does not answer'], ['nonsense', '502'], ['gone', 'Rowhook does not answer']]) {
      mode = next;
      await page.getByText(words).first().waitFor();
      assert.ok(await page.getByRole('link', { name: 'shop', exact: true }).first().isVisible(), 'what is known stays');
      await accessible(page, next);
    }
    mode = 'well';
    await page.getByText('Rowhook does not answer').first().waitFor({ state: 'detached' });
  },

  /** 10,000 deliveries, and 200 recipients. */
  async many(page) {
    await open(page);
    await page.getByText('Recipients (20', { exact: false }).first().waitFor();
    await page.getByLabel('Find a recipient').fill('crowd-19');
    await page.getByRole('link', { name: 'crowd-199', exact: true }).waitFor();
    await accessible(page, 'many recipients');
    await page.goto(`${base}/#/deliveries?recipient=shop&entity=Article`);
    const shown = async () => Number((await page.getByText(/^[\d,]+ shown$/).innerText()).replace(/\D/g, ''));
    await page.getByText('100 shown', { exact: true }).waitFor();
    for (let seen = 100; seen < 10_000; seen = await shown()) {
      await click(page, 'More');
      await page.waitForFunction((count) => document.querySelectorAll('tbody tr').length > count, seen);
    }
    const begin = Date.now();
    await page.getByRole('table', { name: 'Deliveries' }).locator('tbody tr:last-child a').first().click();
    await heading(page, 'Attempts and answers');
    console.log(`   from 10,000 rows to one: ${Date.now() - begin} ms`);
  },
};

const ALONE = new Set(['looks', 'tokens']);
try {
  for (const name of wanted.length > 0 ? wanted : Object.keys(JOURNEYS)) {
    const begin = Date.now();
    await (ALONE.has(name) ? JOURNEYS[name]() : visit(JOURNEYS[name]));
    console.log(`ok ${name} (${Date.now() - begin} ms)`);
  }
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}

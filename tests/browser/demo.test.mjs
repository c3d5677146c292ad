// The demo page in a real browser: two tabs on two nodes.
//
// TEST_SCREENSHOT=1 takes the picture for the README.
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {startBrowser} from '../support/browser.mjs';
import {startCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';

const WAIT = {timeout: 20_000};

const demo = {
  http: {demo_page: true},
  channel: {namespaces: [{
    name: 'demo', history_size: 50, history_ttl: '1h', force_recovery: true,
    presence: true, join_leave: true, force_push_join_leave: true,
    allow_subscribe_for_client: true, allow_publish_for_subscriber: true,
    allow_presence_for_subscriber: true, allow_history_for_subscriber: true,
  }]},
};

let browser;
let cluster;
const problems = [];

/** Opens the page of a node as somebody; resolves with the tab. */
async function open(node, name) {
  const tab = await browser.newPage({viewport: {width: 1200, height: 800}});
  tab.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
  tab.on('console', (message) => {
    if (message.type() === 'error')
      problems.push(`${name}: ${message.text()}`);
  });
  await tab.addInitScript((value) => {
    if (!sessionStorage.getItem('name'))
      sessionStorage.setItem('name', value);
  }, name);
  await tab.goto(`${node.httpUrl}/`);
  await tab.waitForSelector('#state[data-state="connected"]', WAIT);
  return tab;
}

async function say(tab, text) {
  await tab.fill('#text', text);
  await tab.press('#text', 'Enter');
}

const texts = (tab) => tab.$$eval('#messages .text',
  (items) => items.map((item) => item.textContent));
const members = (tab) => tab.$$eval('#members .member',
  (items) => items.map((item) => item.dataset.name).sort());

describe('the demo page', () => {
  let ada;
  let ben;

  before(async () => {
    cluster = await startCluster(3, demo);
    browser = await startBrowser();
    ada = await open(cluster.nodes[0], 'Ada');
    ben = await open(cluster.nodes[1], 'Ben');
  });

  after(async () => {
    await browser?.close();
    await cluster?.end();
  });

  test('says which node a tab is on', async () => {
    await ada.waitForFunction(() =>
      document.querySelector('#this-node').textContent === 'node-1', null, WAIT);
    await ben.waitForFunction(() =>
      document.querySelector('#this-node').textContent === 'node-2', null, WAIT);
  });

  test('shows who is here, on which node', async () => {
    for (const tab of [ada, ben])
      await eventually(async () => (await members(tab)).join() === 'Ada,Ben');
    const where = await ada.textContent('#members .member[data-name="Ben"] .on');
    assert.equal(where, 'node-2');
    assert.equal(await ada.textContent('#member-count'), '2');
  });

  test('lets two tabs on two nodes talk', async () => {
    await say(ada, 'Hello from node one');
    await eventually(async () => (await texts(ben)).includes('Hello from node one'));
    await say(ben, 'And <b>hello</b> from node two');
    await eventually(async () =>
      (await texts(ada)).includes('And <b>hello</b> from node two'));
    assert.deepEqual(await texts(ada), await texts(ben));
    assert.equal(await ada.$('#messages b b'), null, 'text is never markup');
  });

  test('shows the nodes, their connections and messages a second', async () => {
    await ada.waitForFunction(() =>
      document.querySelectorAll('#map .node').length === 3, null, WAIT);
    await ada.waitForFunction(() => [...document.querySelectorAll('#nodes .row')]
      .map((row) => row.querySelector('.facts').textContent)
      .filter((facts) => facts.startsWith('1 connection ')).length === 2, null, WAIT);
    await ada.waitForSelector('#nodes .row[data-name="node-1"] .badge', WAIT);
    const talking = setInterval(() => {
      cluster.nodes[2].api('publish', {channel: 'demo:lobby', data: {text: 'tick'}})
        .catch(() => {});
    }, 100);
    try {
      await ada.waitForFunction(() => [...document.querySelectorAll('#nodes .rate')]
        .some((rate) => parseFloat(rate.textContent) > 0), null, WAIT);
    } finally {
      clearInterval(talking);
    }
  });

  test('keeps the conversation for who comes later', async () => {
    const cleo = await open(cluster.nodes[2], 'Cleo');
    await eventually(async () => (await texts(cleo)).includes('Hello from node one'));
    await eventually(async () => (await members(ada)).join() === 'Ada,Ben,Cleo');
    await cleo.close();
    await eventually(async () => (await members(ada)).join() === 'Ada,Ben');
  });

  test('misses nothing while a tab is offline', async () => {
    await ben.evaluate(() => window.dispatchEvent(new Event('offline')));
    await ben.waitForSelector('#state[data-state="connecting"]', WAIT);
    await say(ada, 'Ben cannot hear this');
    await eventually(async () => (await texts(ada)).includes('Ben cannot hear this'));
    await ben.evaluate(() => window.dispatchEvent(new Event('online')));
    await eventually(async () => (await texts(ben)).includes('Ben cannot hear this'));
    assert.deepEqual(await texts(ben), await texts(ada));
  });

  test('fits a phone', async () => {
    await ben.setViewportSize({width: 390, height: 844});
    const tooWide = await ben.evaluate(() =>
      document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(tooWide <= 0, `${tooWide} pixels too wide`);
    await ben.setViewportSize({width: 1200, height: 800});
  });

  const photographed = process.env.TEST_SCREENSHOT ? test : () => {};
  photographed('looks as the README shows it', async () => {
    const cleo = await open(cluster.nodes[2], 'Cleo');
    await say(cleo, 'Three nodes, one room, no broker.');
    await say(ben, 'Close one of them and see.');
    await say(ada, 'The map says that we are three.');
    await eventually(async () => (await texts(ada)).at(-1) === 'The map says that we are three.');
    const path = fileURLToPath(new URL('../../docs/images/demo.png', import.meta.url));
    mkdirSync(dirname(path), {recursive: true});
    await ada.screenshot({path});
    await cleo.close();
  });

  test('shows the death of a node', async () => {
    await cluster.nodes[2].kill();
    await ada.waitForSelector('#map .node.gone[data-name="node-3"]', WAIT);
    await say(ada, 'Still here');
    await eventually(async () => (await texts(ben)).includes('Still here'),
      {withinMs: 20_000});
  });

  test('made no error in any tab', () => {
    assert.deepEqual(problems.filter((problem) =>
      !/net::ERR_|WebSocket connection/.test(problem)), []);
  });
});

// Debian's Chromium, and the page of tests/browser/page at an origin that is no
// node's.
import assert from 'node:assert/strict';
import {copyFileSync, existsSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {basename, extname, join} from 'node:path';
import {after} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

import {chromium} from 'playwright-core';

import {within} from './eventually.mjs';
import {temporaryFolder} from './node.mjs';

const BROWSER = '/usr/bin/chromium';
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const tests = fileURLToPath(new URL('..', import.meta.url));

/** What the page is made of, with the SDK's builds as npm has them. */
const files = [
  ...['index.html', 'sandbox.html', 'clients.js'].map((name) => `browser/page/${name}`),
  ...['centrifuge.js', 'centrifuge.protobuf.js'].map((name) =>
    `node_modules/centrifuge/dist/${name}`),
].map((path) => join(tests, path));

const types = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript'};

/** Starts a browser, which the caller closes; `args` are more of its arguments. */
export function startBrowser({args = []} = {}) {
  assert.ok(existsSync(BROWSER), `no ${BROWSER}: run scripts/setup --with-tests`);
  return chromium.launch({executablePath: BROWSER,
    args: [...ARGUMENTS, ...args, `--disk-cache-dir=${temporaryFolder()}`]});
}

async function servePage() {
  const server = createServer(({url}, response) => {
    const path = files.find((file) => basename(file) === url.slice(1));
    if (path === undefined)
      return response.writeHead(404).end();
    response.writeHead(200, {'Content-Type': types[extname(path)]});
    response.end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/**
 * Starts a browser for the tests of this file, and serves them the page:
 * `origin` and `foreign` are two names of where it is.
 */
export async function testBrowser(options) {
  const server = await servePage();
  const browser = await startBrowser(options);
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    foreign: `http://localhost:${port}`,
    async open(address) {
      const tab = await browser.newPage();
      await tab.goto(address);
      return tab;
    },
  };
}

/** A copy of the page on disk; its address. */
export function pageFile() {
  const folder = temporaryFolder();
  for (const file of files)
    copyFileSync(file, join(folder, basename(file)));
  return pathToFileURL(join(folder, 'index.html')).href;
}

/**
 * What the tools of the browser say of a tab's requests from now on: `sent` has
 * each as "METHOD /path", preflights included; `answers()` with its status behind
 * it, and why WebSockets failed.
 */
export async function watchRequests(tab) {
  const tools = await tab.context().newCDPSession(tab);
  const names = new Map();
  const sent = [];
  const statuses = []; // may come before the name
  const failures = [];
  tools.on('Network.requestWillBeSent', ({requestId, request: {method, url}}) => {
    names.set(requestId, `${method} ${new URL(url).pathname}`);
    sent.push(names.get(requestId));
  });
  tools.on('Network.responseReceivedExtraInfo', ({requestId, statusCode}) =>
    statuses.push([requestId, statusCode]));
  tools.on('Network.webSocketFrameError', ({errorMessage}) => failures.push(errorMessage));
  await tools.send('Network.enable');
  return {sent, answers: () =>
    [...statuses.map(([id, status]) => `${names.get(id)} ${status}`), ...failures]};
}

/** Calls a function of page/clients.js in a tab or a frame. */
export const call = (where, name, ...all) => within(
  where.evaluate(([name, all]) => globalThis[name](...all), [name, all]), 30_000, name);

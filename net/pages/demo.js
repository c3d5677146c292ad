// The demo page: one live room, who is in it, and a map of the cluster.
'use strict';

const ROOM = 'demo:lobby';
const MAP_EVERY_MS = 1000;

const $ = (id) => document.getElementById(id);

/** Makes an element; text goes in as text, never as markup. */
function element(tag, attributes = {}, ...children) {
  const svg = ['g', 'a', 'circle', 'line', 'text', 'title'].includes(tag)
      && attributes.svg;
  const made = svg
      ? document.createElementNS('http://www.w3.org/2000/svg', tag)
      : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'svg')
      made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const svg = (tag, attributes, ...children) =>
    element(tag, {...attributes, svg: true}, ...children);

/** A colour that stays with a name. */
function hue(text) {
  let sum = 7;
  for (const char of text)
    sum = (sum * 31 + char.codePointAt(0)) % 360;
  return sum;
}

// -- who am I -----------------------------------------------------------------

const BIRDS = ['Avocet', 'Bittern', 'Curlew', 'Dunlin', 'Egret', 'Finch',
  'Goshawk', 'Heron', 'Jackdaw', 'Kestrel', 'Linnet', 'Magpie', 'Nuthatch',
  'Osprey', 'Plover', 'Rook', 'Siskin', 'Tern', 'Wren', 'Yaffle'];

// A name belongs to a tab, so two tabs can talk to each other.
let name = sessionStorage.getItem('name');
if (!name) {
  const bird = BIRDS[Math.floor(Math.random() * BIRDS.length)];
  name = `${bird} ${Math.floor(Math.random() * 90) + 10}`;
  sessionStorage.setItem('name', name);
}

$('name').value = name;
$('rename').addEventListener('submit', (event) => {
  event.preventDefault();
  const wanted = $('name').value.trim();
  if (!wanted || wanted === name)
    return;
  sessionStorage.setItem('name', wanted);
  location.reload(); // The name is part of the token.
});

const nameOf = (info) => info?.connInfo?.name || info?.user || 'the server';
const nodeOf = (info) => info?.connInfo?.node || '';

// -- the chat -----------------------------------------------------------------

let newest = 0;   // Offset of the newest message on the page.
let epoch = null; // The life of the room that it belongs to.

function append(item) {
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(item);
  if (atEnd)
    list.scrollTop = list.scrollHeight;
}

function notice(text) {
  append(element('li', {class: 'notice'}, text));
}

function showMessage(publication) {
  if (publication.offset && publication.offset <= newest)
    return; // The history and the live stream overlap.
  newest = publication.offset || newest;
  const who = nameOf(publication.info);
  const node = nodeOf(publication.info);
  const by = element('div', {class: 'by'}, element('b', {}, who));
  if (node)
    by.append(` on ${node}`);
  const mine = publication.info?.client && publication.info.client === clientId;
  const item = element('li', {class: mine ? 'message mine' : 'message'}, by);
  item.style.setProperty('--hue', hue(who));
  const text = publication.data?.text;
  item.append(element('div', {class: 'text'},
      typeof text === 'string' ? text : JSON.stringify(publication.data)));
  append(item);
  showPosition();
}

function showPosition() {
  $('stream').textContent = epoch ? `offset ${newest} · epoch ${epoch}` : '';
}

async function loadHistory() {
  const history = await room.history({limit: -1});
  epoch = history.epoch;
  history.publications.forEach(showMessage);
  newest = Math.max(newest, history.offset);
  showPosition();
}

$('composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text)
    return;
  try {
    await room.publish({text});
    $('text').value = '';
  } catch (error) {
    notice(`Not sent: ${error.message}. Try again.`);
  }
});

// -- who is here --------------------------------------------------------------

const members = new Map(); // client id -> client info

function showMembers() {
  const here = [...members.values()].sort(
      (a, b) => nameOf(a).localeCompare(nameOf(b)));
  $('member-count').textContent = here.length;
  $('members').replaceChildren(...here.map((info) => {
    const who = nameOf(info);
    const dot = element('span', {class: 'dot', 'aria-hidden': 'true'},
        who.slice(0, 1).toUpperCase());
    dot.style.setProperty('--hue', hue(who));
    const label = info.client === clientId ? `${who} (you)` : who;
    return element('li', {class: 'member', 'data-name': who}, dot,
        element('div', {class: 'who'}, element('span', {}, label),
            element('span', {class: 'on'}, nodeOf(info))));
  }));
}

async function loadPresence() {
  const {clients} = await room.presence();
  members.clear();
  for (const [client, info] of Object.entries(clients))
    members.set(client, info);
  showMembers();
}

// -- the connection -----------------------------------------------------------

let clientId = null;

async function getToken() {
  const answer = await fetch(`/demo/token?name=${encodeURIComponent(name)}`);
  if (!answer.ok)
    throw new Error(`no token: HTTP status ${answer.status}`);
  return (await answer.json()).token;
}

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const centrifuge = new Centrifuge(
    `${scheme}://${location.host}/connection/websocket`,
    {getToken, name: 'roost-demo', maxReconnectDelay: 3000});

centrifuge.on('state', ({newState}) => {
  $('state').dataset.state = newState;
  $('state').textContent = newState;
  $('composer').querySelector('button').disabled = newState !== 'connected';
});
centrifuge.on('connected', ({client}) => { clientId = client; });
centrifuge.on('disconnected', ({reason, code}) => {
  $('state').textContent = `disconnected: ${reason} (${code})`;
});

const room = centrifuge.newSubscription(ROOM, {joinLeave: true});

room.on('publication', showMessage);
room.on('join', ({info}) => {
  members.set(info.client, info);
  showMembers();
});
room.on('leave', ({info}) => {
  members.delete(info.client);
  showMembers();
});
room.on('subscribed', async (context) => {
  try {
    if (context.wasRecovering && context.recovered) {
      notice('Back again, and nothing was missed.');
    } else {
      if (context.wasRecovering) {
        notice('The room started again: its node is gone.');
        newest = 0;
      }
      await loadHistory();
    }
    await loadPresence();
  } catch (error) {
    notice(`The room does not answer: ${error.message}.`);
  }
});
room.on('error', ({error}) => notice(`The room answers: ${error.message}.`));

// -- the map ------------------------------------------------------------------

const known = new Map(); // name -> {node, gone}: a dead node stays as a shadow

/** Where the node number `index` of `count` stands on the map. */
function place(index, count) {
  if (count === 1)
    return {x: 240, y: 180};
  const angle = 2 * Math.PI * index / count - Math.PI / 2;
  return {x: 240 + 168 * Math.cos(angle), y: 186 + 122 * Math.sin(angle)};
}

const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

function rate(node) {
  const perSecond = node.messages_per_second || 0;
  return perSecond >= 100 ? Math.round(perSecond) : +perSecond.toFixed(1);
}

function age(seconds) {
  if (seconds < 120)
    return `${Math.round(seconds)} s`;
  if (seconds < 7200)
    return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function classes(base, {node, gone}, here) {
  return [base, gone && 'gone', !gone && here && 'here',
    !gone && rate(node) > 0 && 'busy'].filter(Boolean).join(' ');
}

function drawMap(entries, hereName) {
  const at = entries.map((_, index) => place(index, entries.length));
  const parts = [];
  for (let a = 0; a < entries.length; ++a) {
    for (let b = a + 1; b < entries.length; ++b) {
      const gone = entries[a].gone || entries[b].gone;
      parts.push(svg('line', {class: gone ? 'link gone' : 'link',
        x1: at[a].x, y1: at[a].y, x2: at[b].x, y2: at[b].y}));
    }
  }
  entries.forEach((entry, index) => {
    const {node, gone} = entry;
    const {x, y} = at[index];
    const radius = 46 + Math.min(10, Math.sqrt(node.num_clients || 0));
    const group = svg('g', {class: classes('node', entry, node.name === hereName),
      'data-name': node.name, transform: `translate(${x} ${y})`},
    svg('circle', {class: 'pulse', r: 46}),
    svg('circle', {class: 'disc', r: radius}),
    svg('text', {y: -9}, node.name),
    svg('text', {class: 'sub', y: 8},
        gone ? 'gone' : plural(node.num_clients, 'client')),
    svg('text', {class: 'sub', y: 24}, gone ? '' : `${rate(node)} msg/s`));
    parts.push(node.http && !gone
        ? svg('a', {href: `//${node.http}/`, target: '_blank'}, group) : group);
  });
  $('map').replaceChildren(...parts);
}

function drawRows(entries, hereName) {
  const most = Math.max(10, ...entries.map(({node}) => rate(node)));
  $('nodes').replaceChildren(...entries.map((entry) => {
    const {node, gone} = entry;
    const title = element('div', {class: 'title'},
        element('strong', {}, node.name));
    if (node.coordinator)
      title.append(element('span', {class: 'badge'}, 'coordinator'));
    if (node.name === hereName)
      title.append(element('span', {class: 'badge'}, 'this tab'));
    title.append(element('span', {class: 'rate'},
        gone ? 'gone' : `${rate(node)} messages/s`));
    const fill = element('i');
    fill.style.width = `${gone ? 0 : Math.min(100, 100 * rate(node) / most)}%`;
    const facts = gone ? 'its clients moved to other nodes'
        : `${plural(node.num_clients, 'connection')} · `
          + `${plural(node.num_channels, 'room')} · up ${age(node.uptime)}`;
    return element('li', {class: classes('row', entry, node.name === hereName),
      'data-name': node.name}, title,
    element('div', {class: 'bar'}, fill),
    element('div', {class: 'facts'}, facts));
  }));
}

function showCluster(cluster) {
  $('this-node').textContent = cluster.node;
  $('view').textContent = `view ${cluster.view}`;
  for (const entry of known.values())
    entry.gone = true;
  for (const node of cluster.nodes)
    known.set(node.name, {node, gone: node.state === 'unreachable'});
  const entries = [...known.values()].sort((a, b) =>
    a.node.name.localeCompare(b.node.name, undefined, {numeric: true}));
  drawMap(entries, cluster.node);
  drawRows(entries, cluster.node);
}

async function pollCluster() {
  try {
    const answer = await fetch('/demo/cluster.json', {cache: 'no-store'});
    if (!answer.ok)
      throw new Error(`HTTP status ${answer.status}`);
    showCluster(await answer.json());
  } catch (error) {
    $('view').textContent = 'this node does not answer';
  }
  setTimeout(pollCluster, MAP_EVERY_MS);
}

room.subscribe();
centrifuge.connect();
pollCluster();

// The configuration that tests start from.
import {SECRET} from './tokens.mjs';

export const API_KEY = 'api-key-of-the-tests';
export const ADMIN_KEY = 'admin-key-of-the-tests';
export const CLUSTER_SECRET = 'cluster-secret-of-the-tests';

/** Everything that a client may do in a room where it is. */
const open = {
  allow_subscribe_for_client: true,
  allow_publish_for_subscriber: true,
  allow_presence_for_subscriber: true,
  allow_history_for_subscriber: true,
};

const remembered = {history_size: 100, history_ttl: '5m'};

/** One namespace for each behaviour that a test looks at. */
const namespaces = [
  // The usual room: everything on.
  {name: 'chat', ...open, ...remembered, presence: true, join_leave: true,
    force_push_join_leave: true, force_recovery: true},
  // Nothing on but publishing.
  {name: 'plain', ...open},
  // Only who brings a subscription token gets in; there he may read.
  {name: 'closed', ...remembered, presence: true},
  // In without a token, but neither publish nor presence nor history.
  {name: 'mute', ...remembered, presence: true,
    allow_subscribe_for_client: true},
  // A history that is soon too short.
  {name: 'short', ...open, history_size: 3, history_ttl: '5m',
    force_recovery: true},
  {name: 'position', ...open, ...remembered, force_positioning: true},
  // Recovery for those who ask.
  {name: 'asked', ...open, ...remembered, allow_recovery: true,
    allow_positioning: true, presence: true, join_leave: true},
  {name: 'cache', ...open, history_size: 1, history_ttl: '5m',
    force_recovery: true, force_recovery_mode: 'cache'},
  {name: 'json', ...open, publication_data_format: 'json'},
  {name: 'users', ...open, allow_subscribe_for_client: false,
    allow_user_limited_channels: true},
  {name: 'public', ...open, allow_subscribe_for_anonymous: true},
  {name: 'word', ...open, channel_regex: '^[a-z]+$'},
  {name: 'wide', ...open, allow_channel_compaction: false},
];

/** Lays the tables of `more` over those of `base`. */
export function merge(base, more) {
  const result = {...base};
  for (const [key, value] of Object.entries(more)) {
    const both = [base[key], value].every((side) =>
      typeof side === 'object' && side !== null && !Array.isArray(side));
    result[key] = both ? merge(base[key], value) : value;
  }
  return result;
}

/** A node on these ports; `more` changes or adds keys. */
export function nodeConfig(name, ports, more = {}) {
  return merge({
    node: {name, lanes: 2},
    http: {listen: `127.0.0.1:${ports.http}`},
    internal: {listen: `127.0.0.1:${ports.internal}`},
    api: {key: API_KEY},
    admin: {key: ADMIN_KEY},
    client: {token: {hmac_secret_key: SECRET}},
    channel: {
      without_namespace: {...open, ...remembered, force_recovery: true},
      namespaces,
    },
    log: {level: 'debug'},
    shutdown: {spread: '200ms', timeout: '10s'},
  }, more);
}

// The Node servers (engine.io, socket.io, ws) in the modes of tutti-conformance: the peer that the tests were
// written against, and the one that bench/compare measures.
//
//   node server.mjs --mode MODE --port N [flags]
//
// Flags that change the transport in any mode: --ping-interval MS, --ping-timeout MS, --connect-timeout MS,
// --cors ORIGIN ("" = off), --cookie NAME[; attributes], --no-upgrades, --transports LIST, --recovery, --allow-eio3, --parser json|msgpack.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import * as modes from './modes.mjs';

const { values } = parseArgs({
  options: {
    mode: { type: 'string' },
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    workers: { type: 'string' },
    'ping-interval': { type: 'string' },
    'ping-timeout': { type: 'string' },
    'connect-timeout': { type: 'string' },
    'upgrade-timeout': { type: 'string' },
    cors: { type: 'string' },
    cookie: { type: 'string' },
    'no-upgrades': { type: 'boolean', default: false },
    transports: { type: 'string' },
    recovery: { type: 'boolean', default: false },
    'allow-eio3': { type: 'boolean', default: false },
    parser: { type: 'string', default: 'json' },
    redis: { type: 'string' },
    'server-name': { type: 'string', default: 'node' },
    adapter: { type: 'string', default: 'classic' },
    'subscription-mode': { type: 'string', default: 'dynamic' },
    key: { type: 'string', default: 'socket.io' },
    'specific-response': { type: 'boolean', default: false },
    'requests-timeout': { type: 'string', default: '5000' },
  },
});

// "io", or with attributes of one's own: "sticky; Max-Age=86400; Path=/x; Secure; SameSite=Strict".
function cookieOptions(text) {
  const [name, ...attributes] = text.split('; ');
  if (!attributes.length) return { name, path: '/', httpOnly: true, sameSite: 'lax' };
  const given = Object.fromEntries(attributes.map((attribute) => attribute.split('=')));
  return {
    name,
    path: given.Path,
    maxAge: Number(given['Max-Age']),
    secure: 'Secure' in given,
    httpOnly: 'HttpOnly' in given,
    sameSite: given.SameSite?.toLowerCase(),
  };
}

// The transport options that were given on the command line; what was not given stays the mode's own.
async function givenOptions() {
  const given = {};
  if (values['ping-interval']) given.pingInterval = Number(values['ping-interval']);
  if (values['ping-timeout']) given.pingTimeout = Number(values['ping-timeout']);
  if (values['connect-timeout']) given.connectTimeout = Number(values['connect-timeout']);
  if (values['upgrade-timeout']) given.upgradeTimeout = Number(values['upgrade-timeout']);
  if (values.cors !== undefined)
    given.cors = values.cors === '' ? undefined : values.cors === '*' ? { origin: '*' } : { origin: values.cors, credentials: true, methods: ['GET', 'POST'] };
  if (values.cookie) given.cookie = cookieOptions(values.cookie);
  if (values['no-upgrades']) given.allowUpgrades = false;
  if (values.transports) given.transports = values.transports.split(',');
  if (values.recovery) given.connectionStateRecovery = {};
  if (values['allow-eio3']) given.allowEIO3 = true;
  if (values.parser === 'msgpack') given.parser = (await import('socket.io-msgpack-parser')).default;
  return given;
}

const start = modes[values.mode?.replaceAll('-', '_')];
if (!start) throw new Error(`no such mode: ${values.mode}`);
const http = createServer((request, response) => response.writeHead(404).end());
const close = await start(http, await givenOptions(), values);

http.listen(Number(values.port), values.host, () => {
  console.log(`listening on ${values.host}:${http.address().port}`);
});

process.on('SIGTERM', () => {
  close();
  http.close();
  http.closeAllConnections();
  setTimeout(() => process.exit(0), 50).unref();
});

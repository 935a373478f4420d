// A captured exchange (tests/vectors/protocol) as a list of actions that a test can do again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/server.mjs';

export function readVectors(name) {
  return JSON.parse(readFileSync(join(root, 'tests/vectors/protocol', name), 'utf8'));
}

const isPing = (packet) => ['2', '3', '6', '3probe'].includes(packet);

// Actions of one step, in the order of the capture:
//   {open: 'polling' | 'websocket'}  {probe}  {post: body, conn}  {send: text | Buffer}  {close}
//   {opened: text}  {receive: text | Buffer}  {posted: {status, body}}  {closed}
// A polling GET is no action (the replay always holds one); pings, pongs, noops and the probe's answer are left out.
export function actionsOf(step, requests) {
  return step.vectors.flatMap((vector) => {
    if (vector.kind === 'tcp-close') return [];
    const isHttp = vector.kind === 'http';
    if (vector.direction === 'client->server') return isHttp ? requestAction(vector, requests) : frameAction(vector, 'send', 'close');
    return isHttp ? responseAction(vector, requests) : frameAction(vector, 'receive', 'closed');
  });
}

// `requests` remembers what each connection's request was, to tell its answer.
function requestAction(vector, requests) {
  const [method, target] = vector.head.split(' ');
  const query = new URLSearchParams(target.slice(target.indexOf('?')));
  const isUpgrade = query.get('transport') === 'websocket';
  const kind = method === 'POST' ? 'post' : isUpgrade ? 'upgrade' : query.has('sid') ? 'get' : 'open';
  requests.set(vector.conn, kind);
  if (kind === 'post') return [{ post: vector.text }];
  if (kind === 'upgrade') return [query.has('sid') ? { probe: true } : { open: 'websocket' }];
  return kind === 'open' ? [{ open: 'polling' }] : [];
}

function responseAction(vector, requests) {
  const kind = requests.get(vector.conn);
  if (kind === 'upgrade') return [];
  const text = vector.text ?? '';
  if (kind === 'post') return [{ posted: { status: Number(vector.head.split(' ')[1]), body: text } }];
  if (kind === 'open') return [{ opened: text }];
  return text.split('\x1e').filter((packet) => !isPing(packet)).map((packet) => ({ receive: packet }));
}

function frameAction(vector, message, end) {
  if (vector.ws.opcode === 8) return [{ [end]: true }];
  if (vector.ws.opcode === 2) return [{ [message]: Buffer.from(vector.bytes ?? '', 'hex') }];
  const text = vector.text ?? '';
  if (isPing(text)) return [];
  if (message === 'receive' && text[0] === '0') return [{ opened: text }];
  return [{ [message]: text }];
}

// The samples of deploy/ in front of `tutti serve`: what docs/OPERATIONS.md says about proxies, run.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { eventually, nextEvent } from '../support/expect.mjs';
import { root, startTutti } from '../support/server.mjs';

const has = (program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
    return true;
  } catch {
    return false;
  }
};

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const accepts = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true) || socket.destroy());
    socket.on('error', () => done(false));
  });

const kProxies = [
  {
    program: 'nginx',
    sample: 'deploy/nginx.conf',
    adapt: (text, folder, from, to) =>
      // Its workers must reach the folder that this test has made.
      `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;\n` +
      text
        .replace('listen 8080;', `listen 127.0.0.1:${from};\n    access_log off;`)
        .replace('127.0.0.1:3000', `127.0.0.1:${to}`)
        .replace('http {', `http {\n  client_body_temp_path ${folder}/body;\n  proxy_temp_path ${folder}/proxy;\n` +
          `  fastcgi_temp_path ${folder}/fastcgi;\n  uwsgi_temp_path ${folder}/uwsgi;\n  scgi_temp_path ${folder}/scgi;`)
        .replace('worker_rlimit_nofile 200000;', '')
        .replace('worker_connections 100000;', 'worker_connections 1000;'),
    arguments: (file, folder) => ['-c', file, '-p', folder],
  },
  {
    program: 'haproxy',
    sample: 'deploy/haproxy.cfg',
    adapt: (text, folder, from, to) =>
      text
        .replace('bind :8080', `bind 127.0.0.1:${from}`)
        .replace('127.0.0.1:3000', `127.0.0.1:${to}`)
        .replace('maxconn 100000', 'maxconn 500'),
    arguments: (file) => ['-db', '-f', file],
  },
];

for (const proxy of kProxies) {
  describe(`behind ${proxy.program}`, { skip: !has(proxy.program) && `${proxy.program} is not installed` }, () => {
    let folder, tutti, child, port, url;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tutti-proxy-'));
      tutti = await startTutti({ data: join(folder, 'data') });
      port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const file = join(folder, 'proxy.conf');
      writeFileSync(file, proxy.adapt(readFileSync(join(root, proxy.sample), 'utf8'), folder, port, tutti.port));
      child = spawn(proxy.program, proxy.arguments(file, folder), {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
      });
      await eventually(() => accepts(port), `${proxy.program} to listen`);
      await eventually(async () => (await fetch(`${url}/healthz`)).status === 200, 'the server to be seen as ready');
    });

    after(async () => {
      child?.kill('SIGTERM');
      await tutti?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      test(`a stock client writes over ${transports.join(', then ')}`, async () => {
        const socket = io(url, { transports, forceNew: true, extraHeaders: { Origin: url } });
        try {
          await nextEvent(socket, 'connect');
          const document = `proxy-${transports.join('-')}`;
          const opened = await socket.emitWithAck('document:open', { document, create: true, client: 'c' });
          assert.equal(opened.ok, true);
          const answer = await socket.emitWithAck('document:operation', {
            document, version: 0, client: 'c', seq: 1, changes: ['through the proxy'],
          });
          assert.equal(answer.version, 1);
        } finally {
          socket.disconnect();
        }
      });
    }

    test('a large operation passes', async () => {
      const socket = io(url, { transports: ['polling'], forceNew: true });
      try {
        await nextEvent(socket, 'connect');
        await socket.emitWithAck('document:open', { document: 'large', create: true, client: 'c' });
        const answer = await socket.emitWithAck('document:operation', {
          document: 'large', version: 0, client: 'c', seq: 1, changes: ['x'.repeat(200_000)],
        });
        assert.equal(answer.version, 1);
      } finally {
        socket.disconnect();
      }
    });

    test('pages and the API are there, metrics are not', async () => {
      assert.equal((await fetch(`${url}/`)).status, 200);
      assert.equal((await fetch(`${url}/api/documents`)).status, 200);
      assert.equal((await fetch(`${url}/metrics`)).status, 403);
    });
  });
}

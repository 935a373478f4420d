// Starts a server program on a free loopback port and stops it by its pid.
//
//   TUTTI_BIN_DIR   where the binaries are (default build/release/bin)
//   TUTTI_PEER      "reference": the Node server of reference/ stands in for
//                   tutti-conformance, to check the tests themselves
//
// Contract with every program: `--port 0` takes a free port, and one line on
// standard output names the address ("127.0.0.1:41234") once it accepts connections.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from './expect.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../../..');
export const binDir = process.env.TUTTI_BIN_DIR ? resolve(process.env.TUTTI_BIN_DIR) : join(root, 'build/release/bin');
export const peerIsReference = process.env.TUTTI_PEER === 'reference';


// Test options for a statement that the Node server does not keep.
export const unlikeNode = (what) => ({ skip: peerIsReference && what });

const kReadyWithinMs = 20_000;
const kStopWithinMs = 15_000;
const kOutputKeptBytes = 200_000;
const kAddress = /(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):(\d{2,5})\b/;
const running = new Set();

process.on('exit', () => {
  for (const server of running) server.child.kill('SIGKILL');
});
// A run that is cut short leaves no server behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

// One running program. `lines` holds what it printed on standard output.
class Server {
  lines = [];
  output = '';
  port = 0;

  constructor(command, args, options) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.pid = this.child.pid;
    this.exited = new Promise((done) => {
      this.child.once('exit', (code, signal) => {
        running.delete(this);
        done({ code, signal });
      });
    });
    running.add(this);
    this.ready = new Promise((done, fail) => {
      this.child.once('error', fail);
      this.exited.then(({ code, signal }) =>
        fail(new Error(`${command} ended before it was ready (${code ?? signal}):\n${this.output}`)));
      const onReady = (line) => {
        const match = this.port === 0 && kAddress.exec(line);
        if (!match) return;
        this.port = Number(match[1]);
        done(this);
      };
      this.#read(this.child.stdout, (line) => {
        this.lines.push(line);
        onReady(line);
      });
      this.#read(this.child.stderr, () => {});
    });
    this.ready.catch(() => {});
  }

  #read(stream, onLine) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      this.output = (this.output + chunk).slice(-kOutputKeptBytes);
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      parts.forEach(onLine);
    });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get webSocketUrl() {
    return `ws://127.0.0.1:${this.port}`;
  }

  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  // SIGTERM; answers how it ended. A program that does not end in time is killed and reported, one that does not end
  // with 0 is reported: a crash, or what a sanitizer found, also at the very end.
  async stop() {
    if (this.isRunning) this.child.kill('SIGTERM');
    let ended;
    try {
      ended = await within(kStopWithinMs, this.exited, `${this.pid} to end after SIGTERM`);
    } catch (error) {
      this.child.kill('SIGKILL');
      await this.exited;
      throw new Error(`${error.message}\n${this.output}`);
    }
    if (ended.code !== 0 && !this.wasKilled) throw new Error(`${this.pid} ended with ${ended.code ?? ended.signal}:\n${this.output}`);
    return ended;
  }

  async kill() {
    this.wasKilled = true;
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

async function start(command, args, options) {
  const server = new Server(command, args, options);
  try {
    return await within(kReadyWithinMs, server.ready, `${command} ${args.join(' ')} to be ready`);
  } catch (error) {
    if (server.isRunning) await server.kill();
    throw new Error(`${error.message}\n${server.output}`);
  }
}

function binary(name) {
  const path = join(binDir, name);
  if (!existsSync(path)) throw new Error(`${path} does not exist: build it, or set TUTTI_BIN_DIR`);
  return path;
}

// tutti-conformance in one of its modes, or its Node stand-in.
export function startConformance(mode, flags = []) {
  const args = ['--mode', mode, '--port', '0', ...flags];
  if (peerIsReference) return startReference(mode, flags);
  return start(binary('tutti-conformance'), args);
}

// Test options for what needs a flag that a build may not have.
export function needsFlag(flag) {
  if (peerIsReference || execFileSync(binary('tutti-conformance'), ['--help'], { encoding: 'utf8' }).includes(flag)) return {};
  return { skip: `tutti-conformance has no ${flag}` };
}

// The Node server, whatever TUTTI_PEER says.
export function startReference(mode, flags = []) {
  return start(process.execPath, [join(here, '../reference/server.mjs'), '--mode', mode, '--port', '0', ...flags]);
}

// `tutti serve`; `data` is the directory of its log, `port` is given when a server comes back at its old address.
export function startTutti({ data, port = 0, flags = [], env = {} }) {
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--data', data, ...flags];
  if (!flags.includes('--max-connections-per-user')) args.push('--max-connections-per-user', '0');
  return start(binary('tutti'), args, { env: { ...process.env, ...env } });
}

// Runs the test files of the folders named (all of them without arguments) with node:test and bounds the whole.
//
//   node run.mjs [folder…]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kFolders = ['engineio', 'socketio', 'client', 'vectors', 'documents', 'browser', 'deploy', 'cluster'];
const kFileTimeoutMs = 330_000; // of a file, and of a test that names none; what a test waits for is bounded by seconds
const kWholeTimeoutMs = 10 * 60_000;
const kConcurrency = 3;

const here = dirname(fileURLToPath(import.meta.url));
const folders = process.argv.length > 2 ? process.argv.slice(2) : kFolders;
const files = folders.flatMap((folder) =>
  readdirSync(join(here, folder)).filter((name) => name.endsWith('.test.mjs')).map((name) => join(here, folder, name)));

const args = ['--test', `--test-concurrency=${kConcurrency}`, `--test-timeout=${kFileTimeoutMs}`,
  `--test-reporter=${process.env.TUTTI_TEST_REPORTER ?? 'spec'}`, ...files];
const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: here });
const timer = setTimeout(() => {
  console.error(`interop tests did not end within ${kWholeTimeoutMs / 1000} s`);
  child.kill('SIGTERM');
}, kWholeTimeoutMs);
child.on('exit', (code) => {
  clearTimeout(timer);
  process.exitCode = code ?? 1;
});

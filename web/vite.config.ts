import { defineConfig } from 'vite';

// The pages are plain files with hashed assets; the binary embeds web/dist and serves it at /.
// While developing, `npm run dev` speaks to a server on port 3000 (TUTTI_SERVER names another).
export default defineConfig({
  resolve: { dedupe: ['@codemirror/state', '@codemirror/view', 'quill', 'quill-delta'] },
  build: {
    target: 'es2022',
    rollupOptions: { input: { index: 'index.html', rich: 'rich.html' } },
  },
  server: {
    proxy: { '/socket.io': { target: process.env.TUTTI_SERVER ?? 'http://127.0.0.1:3000', ws: true } },
  },
});

import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `vite` alone serves the pages from their sources, for work on them, and takes data from a running `stoa up`.
export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { port: 4714, proxy: { '/api': { target: 'http://127.0.0.1:4704', changeOrigin: true } } },
  build: {
    target: 'es2023',
    // The page's policy allows no script that the polyfill would add, and every browser that runs this code preloads modules by itself.
    modulePreload: { polyfill: false },
    // Nothing is put into the page or a style as a data URL: scripts and styles come from files.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What all pages draw with is one file: a file each would be a dozen requests more, for no byte less.
        codeSplitting: { groups: [{ name: 'shared', test: /\/src\/(ui|lib)\// }] },
      },
    },
    // build/writePages.ts looks up in it what each page loads.
    manifest: true,
  },
})

#!/usr/bin/env node
import { keepCompiled } from './services/compiled.ts'

// Before the program's own modules are loaded, which a static import would do first.
keepCompiled()
await import('./program.ts')

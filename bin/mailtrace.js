#!/usr/bin/env node
// The command. The work is in src/cli.ts, which the build bundles to dist/cli.js.
import '../dist/cli.js';

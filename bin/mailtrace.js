#!/usr/bin/env node
// The command. The work is in src/cli.ts; src/boot.ts, built to dist/cli.cjs, loads it.
require('../dist/cli.cjs');

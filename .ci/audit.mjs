/**
 * Whether a package that we bundle or build with has a known fault (npm audit, high or critical). Where the registry does not
 * answer (no network, a mirror without that service) it says so and is no failure.
 */
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 << 20 });

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const vulnerabilities = parsed(stdout ?? '')?.vulnerabilities;
if (vulnerabilities === undefined) {
  console.log('audit: the registry does not answer: left out');
} else {
  const bad = Object.values(vulnerabilities).filter(({ severity }) => severity === 'high' || severity === 'critical');
  for (const { name, severity, range } of bad) console.log(`${name} ${range}: ${severity}`);
  console.log(`audit: ${Object.keys(vulnerabilities).length} known faults, ${bad.length} of them high or critical`);
  process.exitCode = bad.length === 0 ? 0 : 1;
}

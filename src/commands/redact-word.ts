/** `--redact` alone means all; commander would take the PATH behind it for its value. */
export function redactWord(arg: string): string {
  return arg === '--redact' ? '--redact=all' : arg;
}

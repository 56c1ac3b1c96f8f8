/**
 * Lines anywhere in a log that make chosen lines not enough: looked for in the first pass.
 * Source: postfix src/smtpd/smtpd.c, smtpd_proxy.c (before-queue proxies); rsyslog, syslogd (`last message repeated`);
 *         Kubernetes CRI log format (`stdout P`: a line goes on in another).
 */
const REPEATED = 'last message repeated ';
const PIECES = [' stdout P ', ' stderr P '];
const FRONTS = ['NOQUEUE: client=', 'proxy-accept', 'proxy-reject'];

export class Traps {
  static readonly needles: readonly string[] = [REPEATED, ...PIECES, ...FRONTS];

  /** a before-queue proxy hands mail on: what came behind it is known by its client alone */
  fronts = false;
  doubt: string | undefined;

  look(line: string): void {
    if (line.includes(REPEATED)) this.doubt = 'a line repeats the line before it';
    else if (PIECES.some((mark) => line.includes(mark))) this.doubt = 'lines in pieces';
    else if (FRONTS.some((word) => line.includes(word))) this.fronts = true;
  }
}

/**
 * Sender addresses that a server rewrote, back to the person behind them.
 * Shapes: `SRS0=HHH=TT=domain=local@forwarder`, `SRS1=HHH=forwarder==HHH=TT=domain=local@second` (after SRS0 or SRS1 the
 *         separator may be `=`, `+` or `-`); `prvs=KDDDSSSSSS=local@domain` and the older `prvs=local/KDDDSSSSSS@domain`;
 *         Barracuda's `btv1==TAG==local@domain`.
 * Source: "The Sender Rewriting Scheme" (libspf2.org/srs/srs.pdf) sections 4 and 5; draft-levine-smtp-batv-01 sections 4 and 5.
 */

const SRS0 = /^srs0[=+-][^=@]*=[^=@]*=([^=@]+)=(.+)@[^@]*$/i;
const SRS1 = /^srs1[=+-][^=@]*=[^=@]*=[=+-]([^@]*)@[^@]*$/i;
const PRVS = /^prvs=[0-9a-z]{4,16}=(.+)$/i;
const PRVS_OLD = /^prvs=([^/@]+)\/[0-9a-z]{4,16}(@.*)$/i;
const BTV1 = /^btv1==[^=@]+==(.+)$/i;

/** The address behind a rewritten one; undefined where it is none. */
export function unwrapSender(address: string): string | undefined {
  // Both schemes begin with s, p or b: no regular expression for the others.
  const first = address.charCodeAt(0) | 0x20;
  if (first !== 0x73 && first !== 0x70 && first !== 0x62) return undefined;
  const batv = (PRVS.exec(address) ?? BTV1.exec(address))?.[1] ?? unwrapOld(address);
  if (batv !== undefined) return unwrapSender(batv) ?? batv;
  const inner = SRS1.exec(address)?.[1];
  const srs = SRS0.exec(inner === undefined ? address : `SRS0=${inner}@x`);
  return srs === null ? undefined : `${srs[2] ?? ''}@${srs[1] ?? ''}`;
}

function unwrapOld(address: string): string | undefined {
  const match = PRVS_OLD.exec(address);
  return match === null ? undefined : `${match[1] ?? ''}${match[2] ?? ''}`;
}

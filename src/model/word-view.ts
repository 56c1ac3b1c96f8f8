/**
 * Bytes looked at four at a time.
 */

let viewed: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(0));

/** A view of the same bytes: of the buffer that was asked for last the same view again. Not to be kept. */
export function wordView(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view;
}

/** Whether bytes[a, b) are ASCII. */
export function isAscii(bytes: Uint8Array, a: number, b: number): boolean {
  let i = a;
  let seen = 0;
  if (b - a >= 16) {
    const words = wordView(bytes);
    for (const last = b - 3; i < last; i += 4) seen |= words.getInt32(i, true);
  }
  for (; i < b; i++) seen |= bytes[i] as number;
  return (seen & 0x80808080) === 0;
}

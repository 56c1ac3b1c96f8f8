/**
 * The machine that writes the JSON of plain mails from the bytes of their lines: WASM where there is some, else the same source
 * (src/kernel/assembly/mails) as plain TypeScript. What it does not understand wholly, it leaves.
 */
import { openModule } from '../kernel/index.ts';

/** The functions of mails.ts; its header tells how they are used. */
interface MailsModule {
  open(): void;
  shiftBy(ms: number): void;
  part(asList: boolean): void;
  buffer(): number;
  room(): number;
  places(): number;
  mostLines(): number;
  chains(): number;
  mostChains(): number;
  results(): number;
  output(): number;
  pairsStart(): number;
  begin(): void;
  taken(): void;
  write(from: number, count: number): number;
  askedKind(): number;
  askedStart(): number;
  askedEnd(): number;
  askedDsn(): number;
  askedDsnEnd(): number;
  askedOutcome(): number;
  askedLine(): number;
  askedLineEnd(): number;
  askedMicros(): number;
  askedMinute(): number;
  tellTag(kind: number, owner: number): void;
  minuteText(): number;
  tellMinute(): void;
  reasonText(): number;
  tellReason(length: number): void;
}

export interface Writer {
  readonly module: MailsModule;
  /** its memory as it is now: it moves when it grows */
  memory(): ArrayBuffer;
}

/** What it takes to begin with. */
const BYTES = 32 * 1024 * 1024;

export async function openWriter(): Promise<Writer> {
  const opened = openModule<MailsModule>('mails', BYTES);
  if (opened !== undefined) {
    opened.exports.open();
    return { module: opened.exports, memory: () => opened.memory };
  }
  const { memoryOf, ...module } = await import('../kernel/assembly/mails/twin.ts');
  module.open();
  return { module, memory: memoryOf };
}
